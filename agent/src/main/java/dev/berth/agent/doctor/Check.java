package dev.berth.agent.doctor;

import java.util.ArrayList;
import java.util.List;

/// One thing that is looked at.
interface Check {
  /// All of them, in the order in which they are told.
  List<Check> ALL =
      List.of(
          new DockerCheck(),
          new LibvirtCheck(),
          new ForwardingCheck(),
          new BridgeFilterCheck(),
          new IpForwardCheck(),
          new CgroupCheck(),
          new KvmCheck(),
          new ClockCheck(),
          new DiskCheck(),
          new OpenFilesCheck());

  /// What is to be said of what was seen.
  List<Finding> of(Observations seen);

  /// What all checks say.
  static List<Finding> all(Observations seen) {
    List<Finding> findings = new ArrayList<>();
    ALL.forEach(check -> findings.addAll(check.of(seen)));
    return findings;
  }
}
