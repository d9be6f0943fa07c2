package dev.berth.e2e.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a machine must have for real clusters.
public final class Requirements {
  private static final List<String> HOST_TOOLS =
      List.of("dockerd", "docker", "etcd", "ip", "nsenter", "iptables", "busybox", "tar");
  private static final List<String> LIBVIRT_TOOLS =
      List.of("libvirtd", "virtlogd", "virsh", "qemu-system-x86_64", "qemu-img");

  private Requirements() {}

  /// Why hosts with Docker daemons cannot be made here, or empty when they can.
  ///
  /// @param more further programs that are needed
  public static Optional<String> missing(String... more) {
    List<String> problems = new ArrayList<>();
    if (!"root".equals(System.getProperty("user.name"))) {
      problems.add("it needs root, for network namespaces and Docker daemons of its own");
    }
    List<String> tools = new ArrayList<>(HOST_TOOLS);
    tools.addAll(List.of(more));
    for (String tool : tools) {
      if (find(tool).isEmpty()) {
        problems.add("no " + tool + " (deploy/bootstrap installs it)");
      }
    }
    for (String part : List.of("controller", "agent", "cli")) {
      Path jar = Repository.root().resolve(part + "/target/berth-" + part + ".jar");
      if (!Files.exists(jar)) {
        problems.add("no " + jar + " (mvn package builds it)");
      }
    }
    return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems));
  }

  /// Why hosts with Docker daemons and libvirtds cannot be made here, or empty when they can.
  public static Optional<String> missingForVms() {
    List<String> problems = new ArrayList<>(missing().stream().toList());
    for (String tool : LIBVIRT_TOOLS) {
      if (find(tool).isEmpty()) {
        problems.add("no " + tool + " (deploy/bootstrap --with-vm installs it)");
      }
    }
    return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems));
  }

  /// Where a program is, looked for in the usual directories.
  public static Optional<Path> find(String tool) {
    return List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin", "/usr/local/sbin")
        .stream()
        .map(directory -> Path.of(directory, tool))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
