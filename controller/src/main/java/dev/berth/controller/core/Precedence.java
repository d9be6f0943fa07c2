package dev.berth.controller.core;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.spec.WorkloadDefaults;
import dev.berth.v1.Resources;
import dev.berth.v1.WorkloadSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which workloads go first when several are looked at in one turn: the important ones, so that no
/// room is given to others first; of equally important ones those with large instances, which leave
/// less room unused when the small ones fill what is left.
///
/// @param priority of the workload; more goes first
/// @param size of each of its instances; larger goes first
/// @param key decides between equals
record Precedence(int priority, double size, WorkloadKey key) implements Comparable<Precedence> {
  // What memory counts against CPU: hosts have about 4 GiB for each.
  private static final double BYTES_PER_CPU_MILLI = (4L << 30) / 1_000.0;

  private static final Comparator<Precedence> ORDER =
      Comparator.comparingInt(Precedence::priority)
          .reversed()
          .thenComparing(Comparator.comparingDouble(Precedence::size).reversed())
          .thenComparing(Precedence::key);

  /// The keys in the order in which they are looked at.
  static List<WorkloadKey> inOrder(Collection<WorkloadKey> keys, ClusterState state) {
    if (keys.size() < 2) {
      return List.copyOf(keys);
    }
    List<Precedence> all = new ArrayList<>(keys.size());
    keys.forEach(key -> all.add(of(key, state.workload(key))));
    all.sort(Comparator.naturalOrder());
    return all.stream().map(Precedence::key).toList();
  }

  private static Precedence of(WorkloadKey key, @Nullable WorkloadRecord workload) {
    if (workload == null) {
      return new Precedence(WorkloadDefaults.PRIORITY, 0, key);
    }
    WorkloadSpec spec = workload.message().getSpec();
    Resources each = WorkloadDefaults.requested(spec);
    return new Precedence(
        spec.getPriority() == 0 ? WorkloadDefaults.PRIORITY : spec.getPriority(),
        Math.max((double) each.getCpuMillis(), each.getMemoryBytes() / BYTES_PER_CPU_MILLI),
        key);
  }

  @Override
  public int compareTo(Precedence other) {
    return ORDER.compare(this, other);
  }
}
