package dev.berth.e2e.harness;

/// Which runtimes a host has.
public enum Runtimes {
  /// A Docker daemon.
  DOCKER(true, false),
  /// A libvirtd.
  LIBVIRT(false, true),
  /// Both.
  BOTH(true, true);

  private final boolean docker;
  private final boolean libvirt;

  Runtimes(boolean docker, boolean libvirt) {
    this.docker = docker;
    this.libvirt = libvirt;
  }

  /// Whether a Docker daemon runs.
  public boolean docker() {
    return docker;
  }

  /// Whether a libvirtd runs.
  public boolean libvirt() {
    return libvirt;
  }
}
