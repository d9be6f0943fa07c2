package dev.berth.agent.driver.process;

import dev.berth.agent.driver.CgroupCounters;
import java.nio.file.Path;
import java.util.Optional;

/// Which processes of this host are there.
///
/// @param proc the kernel's `/proc`
/// @param bootId the kernel's boot id
record HostProcesses(Path proc, String bootId) {
  /// Those of this host, in this boot.
  static HostProcesses here() {
    Path proc = Path.of("/proc");
    return new HostProcesses(
        proc,
        CgroupCounters.text(proc.resolve("sys/kernel/random/boot_id"))
            .map(String::strip)
            .orElse(""));
  }

  /// Whether this very process is there.
  boolean isAlive(ProcessId id) {
    Optional<ProcStat> stat =
        CgroupCounters.text(proc.resolve(Long.toString(id.pid())).resolve("stat"))
            .flatMap(ProcStat::parse);
    return stat.isPresent() && stat.get().id().equals(id) && stat.get().isAlive();
  }

  /// Whether a start is still under way: its carrier is there, or only its program.
  boolean runs(RunNote run) {
    return run.bootId().equals(bootId) && (isAlive(run.carrier()) || isAlive(run.program()));
  }
}
