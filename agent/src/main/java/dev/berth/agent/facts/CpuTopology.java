package dev.berth.agent.facts;

import dev.berth.v1.Layer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// How the CPUs that are online are spread over sockets and cores.
///
/// @param sockets number of packages; 0 when unknown
/// @param cores number of cores; 0 when unknown, less than the CPUs where cores have several
///     threads
record CpuTopology(int sockets, int cores) {
  private static final String CPUS = "sys/devices/system/cpu";

  static CpuTopology read(HostFiles files) {
    CpuTopology byKernel = fromSys(files);
    return byKernel.sockets > 0 ? byKernel : fromCpuinfo(files.lines("proc/cpuinfo"));
  }

  void put(Layer.Builder layer) {
    if (sockets > 0) {
      layer.putAttributes("cpu_sockets", Integer.toString(sockets));
    }
    if (cores > 0) {
      layer.putAttributes("cpu_cores", Integer.toString(cores));
    }
  }

  /// Boards that do not know their packages say -1.
  private static CpuTopology fromSys(HostFiles files) {
    Set<Long> sockets = new HashSet<>();
    Set<List<Long>> cores = new HashSet<>();
    for (String cpu : files.names(CPUS)) {
      String at = CPUS + "/" + cpu + "/topology/";
      Optional<Long> socket = files.number(at + "physical_package_id").filter(id -> id >= 0);
      Optional<Long> core = files.number(at + "core_id").filter(id -> id >= 0);
      if (cpu.matches("cpu\\d+") && socket.isPresent() && core.isPresent()) {
        sockets.add(socket.get());
        cores.add(List.of(socket.get(), core.get())); // cores are counted anew in each socket
      }
    }
    return new CpuTopology(sockets.size(), cores.size());
  }

  private static CpuTopology fromCpuinfo(List<String> cpuinfo) {
    Set<String> sockets = new HashSet<>();
    Set<List<String>> cores = new HashSet<>();
    String socket = "";
    for (String line : cpuinfo) {
      if (line.startsWith("physical id")) {
        socket = line;
        sockets.add(line);
      } else if (line.startsWith("core id")) {
        cores.add(List.of(socket, line));
      }
    }
    return new CpuTopology(sockets.size(), cores.size());
  }
}
