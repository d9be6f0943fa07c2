package dev.berth.e2e.harness;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A host: its network, and the runtimes in it.
public final class Host {
  private final String name;
  private final HostLink link;
  private final @Nullable DockerHost docker;
  private final @Nullable LibvirtHost libvirt;

  Host(String name, HostLink link, @Nullable DockerHost docker, @Nullable LibvirtHost libvirt) {
    this.name = name;
    this.link = link;
    this.docker = docker;
    this.libvirt = libvirt;
  }

  /// A host with Docker alone.
  public static Host of(DockerHost docker) {
    return new Host(docker.name(), docker.link(), docker, null);
  }

  /// Its name.
  public String name() {
    return name;
  }

  /// Its network.
  public HostLink link() {
    return link;
  }

  /// Its Docker daemon, if it has one.
  public Optional<DockerHost> docker() {
    return Optional.ofNullable(docker);
  }

  /// Its libvirtd, if it has one.
  public Optional<LibvirtHost> libvirt() {
    return Optional.ofNullable(libvirt);
  }

  /// How its agent reaches its Docker daemon; leads nowhere when it has none, so that the
  /// machine's own is left alone.
  String dockerHost() {
    return docker == null ? "unix:///nonexistent/docker.sock" : docker.dockerHost();
  }

  /// How its agent reaches its libvirtd; "none" when it has none.
  String libvirtUri() {
    return libvirt == null ? "none" : libvirt.uri();
  }
}
