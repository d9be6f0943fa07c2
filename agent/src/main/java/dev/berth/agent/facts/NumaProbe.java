package dev.berth.agent.facts;

import dev.berth.v1.Layer;
import java.util.List;
import java.util.Optional;

/// Which CPUs and how much memory are near each other.
final class NumaProbe {
  private static final String NODES = "sys/devices/system/node";
  private static final int MOST_NODES = 16;

  private NumaProbe() {}

  static void put(HostFiles files, Layer.Builder layer) {
    List<String> nodes =
        files.names(NODES).stream().filter(name -> name.matches("node\\d+")).toList();
    if (nodes.isEmpty()) {
      return;
    }
    layer.putAttributes("numa_nodes", Integer.toString(nodes.size()));
    if (nodes.size() == 1) {
      return; // it has all CPUs and all memory
    }
    for (String node : nodes.subList(0, Math.min(MOST_NODES, nodes.size()))) {
      String at = NODES + "/" + node;
      files
          .text(at + "/cpulist")
          .ifPresent(cpus -> layer.putAttributes("numa." + node + "_cpus", cpus));
      memoryBytes(files.lines(at + "/meminfo"))
          .ifPresent(
              bytes -> layer.putAttributes("numa." + node + "_memory_bytes", Long.toString(bytes)));
    }
  }

  /// From "Node 0 MemTotal:       32768 kB".
  private static Optional<Long> memoryBytes(List<String> meminfo) {
    return meminfo.stream()
        .filter(line -> line.contains(" MemTotal:"))
        .map(line -> line.substring(line.indexOf(':') + 1).replace("kB", ""))
        .flatMap(kib -> HostFiles.parsed(kib).stream())
        .map(kib -> kib * 1024)
        .findFirst();
  }
}
