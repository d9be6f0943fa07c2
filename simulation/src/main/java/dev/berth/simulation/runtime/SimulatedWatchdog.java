package dev.berth.simulation.runtime;

import dev.berth.agent.fence.FenceTarget;
import dev.berth.agent.fence.Watchdog;
import dev.berth.simulation.kernel.Kernel;
import dev.berth.simulation.kernel.SimulatedClock;
import java.util.Collection;
import java.util.List;

/// The watchdog of a host: it lives whatever becomes of the agent, and kills what it watches when
/// nobody has moved the deadline.
public final class SimulatedWatchdog implements Watchdog {
  private static final long MILLI = 1_000_000L;

  private final Kernel kernel;
  private final SimulatedClock clock;
  private final SimulatedRuntime runtime;
  private List<FenceTarget> targets = List.of();
  private long deadlineMillis;
  private long planned;

  /// A watchdog that watches nothing.
  public SimulatedWatchdog(Kernel kernel, SimulatedClock clock, SimulatedRuntime runtime) {
    this.kernel = kernel;
    this.clock = clock;
    this.runtime = runtime;
  }

  /// What it watched ended with the boot.
  public void boot() {
    targets = List.of();
    deadlineMillis = 0;
    planned++;
  }

  @Override
  public Left left() {
    return new Left(deadlineMillis, targets);
  }

  @Override
  public void watch(Collection<FenceTarget> next, long deadline) {
    targets = List.copyOf(next);
    renew(deadline);
  }

  @Override
  public void renew(long deadline) {
    deadlineMillis = deadline;
    long mine = ++planned;
    for (FenceTarget target : targets) {
      long due = deadline + target.grace().toMillis() - clock.nanos() / MILLI;
      kernel.after(
          Math.max(0, due) * MILLI,
          () -> {
            Container container = runtime.find(target.runtimeId());
            if (mine == planned && container != null) {
              runtime.end(container, 137, false, false);
            }
          });
    }
  }
}
