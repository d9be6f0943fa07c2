package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.InstanceUsage.Memory;
import dev.berth.agent.driver.InstanceUsage.Traffic;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.libvirt.Domain;
import org.libvirt.DomainBlockStats;
import org.libvirt.LibvirtException;
import org.libvirt.MemoryStatistic;

/// Measures a running machine. The numbers are libvirt's virDomainMemoryStatTags.
final class MachineMeter {
  private static final int UNUSED = 4;
  private static final int AVAILABLE = 5;
  private static final int ACTUAL = 6;
  private static final int RSS = 7;
  private static final int USABLE = 8;
  private static final int MOST = 13;
  private static final long KIB = 1024;
  private static final String ALL_DISKS = "";

  private MachineMeter() {}

  /// What a machine uses.
  ///
  /// @param process whether it is a process of the node, as QEMU's are
  static MachineUsage measure(Domain domain, boolean process) throws LibvirtException {
    return new MachineUsage(
        OptionalLong.of(domain.getInfo().cpuTime),
        memory(domain, process),
        // Others have no statistics of disks.
        process ? disk(domain) : Traffic.UNKNOWN);
  }

  private static Memory memory(Domain domain, boolean process) throws LibvirtException {
    Map<Integer, Long> bytes = new HashMap<>();
    for (MemoryStatistic each : domain.memoryStats(MOST)) {
      bytes.put(each.getTag(), each.getValue() * KIB);
    }
    // What is no process takes what it has.
    OptionalLong node = known(bytes.get(process ? RSS : ACTUAL));
    // The guest's balloon driver tells both, some seconds after it was loaded.
    Long inside = bytes.get(AVAILABLE);
    Long free = bytes.getOrDefault(USABLE, bytes.get(UNUSED));
    return new Memory(
        node,
        inside == null || free == null ? known(null) : known(Math.max(0, inside - free)),
        known(bytes.get(ACTUAL)));
  }

  private static OptionalLong known(@Nullable Long value) {
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private static Traffic disk(Domain domain) throws LibvirtException {
    DomainBlockStats stats = domain.blockStats(ALL_DISKS);
    return Traffic.of(stats.rd_bytes, stats.wr_bytes);
  }
}
