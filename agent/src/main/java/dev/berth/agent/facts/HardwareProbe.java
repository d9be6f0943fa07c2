package dev.berth.agent.facts;

import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import java.util.List;
import java.util.Optional;

/// CPUs, memory, disks, network cards and graphics processors.
final class HardwareProbe {
  private static final int SECTOR_BYTES = 512;
  // With four attributes each, all of them stay below the 256 of a layer.
  private static final int MOST_DEVICES = 24;
  private static final long ETHERNET = 1;

  private HardwareProbe() {}

  static Layer read(HostFiles files) {
    Layer.Builder layer = Layer.newBuilder().setKind(LayerKind.LAYER_KIND_HARDWARE);
    List<String> cpuinfo = files.lines("proc/cpuinfo");
    layer.setName(
        cpuField(cpuinfo, "model name")
            .or(() -> cpuField(cpuinfo, "Processor"))
            .or(() -> files.text("proc/device-tree/model").map(HardwareProbe::withoutNul))
            .orElse("unknown CPU"));
    layer.putAttributes("cpus", Long.toString(cpus(files)));
    cpuField(cpuinfo, "vendor_id").ifPresent(vendor -> layer.putAttributes("cpu_vendor", vendor));
    dmi(files, "sys_vendor").ifPresent(v -> layer.putAttributes("machine_vendor", v));
    dmi(files, "product_name").ifPresent(p -> layer.putAttributes("machine_model", p));
    CpuTopology.read(files).put(layer);
    long memoryBytes = memoryBytes(files);
    if (memoryBytes > 0) {
      layer.putAttributes("memory_bytes", Long.toString(memoryBytes));
    }
    NumaProbe.put(files, layer);
    files
        .text("sys/class/tpm/tpm0/tpm_version_major")
        .ifPresent(version -> layer.putAttributes("tpm_version", version));
    disks(files, layer);
    networkCards(files, layer);
    GraphicsProbe.put(files, layer);
    return layer.build();
  }

  /// CPUs that are online; at least 1.
  static long cpus(HostFiles files) {
    long online =
        files.text("sys/devices/system/cpu/online").map(HardwareProbe::rangeSize).orElse(0L);
    if (online > 0) {
      return online;
    }
    long listed =
        files.lines("proc/cpuinfo").stream().filter(l -> l.startsWith("processor")).count();
    return Math.max(1, listed);
  }

  /// All memory that the kernel manages, in bytes; 0 when unknown.
  static long memoryBytes(HostFiles files) {
    return files.lines("proc/meminfo").stream()
        .filter(line -> line.startsWith("MemTotal:"))
        .map(line -> line.replaceAll("[^0-9]", ""))
        .flatMap(digits -> HostFiles.parsed(digits).stream())
        .mapToLong(kib -> kib * 1024)
        .findFirst()
        .orElse(0);
  }

  /// The number of CPUs in a list such as "0-3,8".
  static long rangeSize(String list) {
    long size = 0;
    for (String range : list.split(",", -1)) {
      String[] ends = range.strip().split("-", 2);
      Optional<Long> first = HostFiles.parsed(ends[0]);
      Optional<Long> last = ends.length > 1 ? HostFiles.parsed(ends[1]) : first;
      if (first.isPresent() && last.isPresent() && last.get() >= first.get()) {
        size += last.get() - first.get() + 1;
      }
    }
    return size;
  }

  private static void disks(HostFiles files, Layer.Builder layer) {
    int left = MOST_DEVICES;
    for (String disk : files.names("sys/block")) {
      long sectors = files.number("sys/block/" + disk + "/size").orElse(0L);
      if (left == 0 || sectors <= 0 || !files.exists("sys/block/" + disk + "/device")) {
        continue; // loop devices, RAM disks and empty drives have no device or no size
      }
      left--;
      layer.putAttributes("disk." + disk + "_bytes", Long.toString(sectors * SECTOR_BYTES));
      files
          .text("sys/block/" + disk + "/device/model")
          .ifPresent(model -> layer.putAttributes("disk." + disk + "_model", model));
      files
          .number("sys/block/" + disk + "/queue/rotational")
          .ifPresent(
              rotates ->
                  layer.putAttributes(
                      "disk." + disk + "_rotational", rotates == 1 ? "true" : "false"));
    }
  }

  private static void networkCards(HostFiles files, Layer.Builder layer) {
    int left = MOST_DEVICES;
    for (String card : files.names("sys/class/net")) {
      String at = "sys/class/net/" + card;
      boolean real = files.exists(at + "/device");
      if (left == 0 || !real || files.number(at + "/type").orElse(0L) != ETHERNET) {
        continue; // bridges, veths and tunnels have no device
      }
      left--;
      files
          .text(at + "/address")
          .ifPresent(mac -> layer.putAttributes("nic." + card + "_mac", mac));
      files
          .number(at + "/speed")
          .filter(speed -> speed > 0)
          .ifPresent(
              speed -> layer.putAttributes("nic." + card + "_speed_mbits", Long.toString(speed)));
      files
          .text(at + "/operstate")
          .ifPresent(state -> layer.putAttributes("nic." + card + "_state", state));
      files
          .linkName(at + "/device/driver")
          .ifPresent(driver -> layer.putAttributes("nic." + card + "_driver", driver));
    }
  }

  /// The first value of a field of `/proc/cpuinfo`.
  static Optional<String> cpuField(List<String> cpuinfo, String field) {
    return cpuinfo.stream()
        .filter(line -> line.startsWith(field))
        .map(line -> line.split(":", 2))
        .filter(parts -> parts.length == 2 && parts[0].strip().equals(field))
        .map(parts -> parts[1].strip())
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  private static Optional<String> dmi(HostFiles files, String field) {
    return files.text("sys/class/dmi/id/" + field);
  }

  private static String withoutNul(String text) {
    return text.replace("\0", "").strip();
  }
}
