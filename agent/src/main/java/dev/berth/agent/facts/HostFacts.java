package dev.berth.agent.facts;

import dev.berth.v1.Layer;
import dev.berth.v1.Resources;
import java.nio.file.Path;
import java.util.List;

/// What the host is. Reads files only: no program is run, nothing is changed, and a fact that
/// cannot be read is left out.
///
/// @param layers from the bottom up, from the hardware to the C library; the layers of runtimes
///     come from their drivers
/// @param capacity all CPUs that are online (thousandths) and all memory (bytes)
/// @param bootId the kernel's boot id; empty when unknown
/// @param architecture as the container world names it: "amd64", "arm64"
public record HostFacts(
    List<Layer> layers, Resources capacity, String bootId, String architecture) {
  public HostFacts {
    layers = List.copyOf(layers);
  }

  /// Reads the facts of the host whose file system is seen at `root` (`/`, or a copy of one).
  public static HostFacts read(Path root) {
    HostFiles files = new HostFiles(root);
    long cpus = HardwareProbe.cpus(files);
    long memoryBytes = HardwareProbe.memoryBytes(files);
    return new HostFacts(
        List.of(
            HardwareProbe.read(files),
            FirmwareProbe.read(files),
            VirtualizationProbe.read(files),
            KernelProbe.read(files),
            CgroupHierarchy.read(root).layer(),
            OperatingSystemProbe.read(files),
            SystemLibraryProbe.read(files)),
        Resources.newBuilder().setCpuMillis(cpus * 1000).setMemoryBytes(memoryBytes).build(),
        files.text("proc/sys/kernel/random/boot_id").orElse(""),
        architecture(System.getProperty("os.arch", "")));
  }

  /// The container world's name of what the JVM calls `os.arch`.
  static String architecture(String jvmName) {
    return switch (jvmName) {
      case "amd64", "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      case "x86", "i386", "i686" -> "386";
      default -> jvmName;
    };
  }
}
