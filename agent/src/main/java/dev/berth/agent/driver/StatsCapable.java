package dev.berth.agent.driver;

import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;

/// A driver that measures what instances use. Published as the capability "stats".
public interface StatsCapable {
  /// What running instances use; those that cannot be measured now are left out. Cheap: meant for a
  /// scrape of all instances of a node.
  List<InstanceUsage> stats(Collection<RuntimeHandle> handles);

  /// What an instance alone occupies on the node's disks, in bytes; empty when it is not there or
  /// nobody knows. May look at each of its files.
  OptionalLong storageBytes(RuntimeHandle handle);
}
