package dev.berth.cli.up;

import java.util.Properties;

/// What the agent runs instances with.
///
/// @param dockerHost the Docker daemon to use, `unix:///path` or `tcp://host:port`
/// @param startDocker whether one may be started when none answers there
/// @param vms whether virtual machines are wanted
/// @param libvirtUri the libvirt to use, or [#NO_LIBVIRT]
record Runtimes(String dockerHost, boolean startDocker, boolean vms, String libvirtUri) {
  static final String NO_LIBVIRT = "none";

  Runtimes withDockerHost(String host) {
    return new Runtimes(host, startDocker, vms, libvirtUri);
  }

  Runtimes withLibvirtUri(String uri) {
    return new Runtimes(dockerHost, startDocker, vms, uri);
  }

  void store(Properties properties) {
    properties.setProperty("docker-host", dockerHost);
    properties.setProperty("start-docker", Boolean.toString(startDocker));
    properties.setProperty("vms", Boolean.toString(vms));
    properties.setProperty("libvirt-uri", libvirtUri);
  }

  /// What is missing was written by a Berth without virtual machines.
  static Runtimes load(Properties properties) {
    return new Runtimes(
        properties.getProperty("docker-host", ""),
        Boolean.parseBoolean(properties.getProperty("start-docker", "false")),
        Boolean.parseBoolean(properties.getProperty("vms", "false")),
        properties.getProperty("libvirt-uri", NO_LIBVIRT));
  }
}
