package dev.berth.simulation.kernel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/// A process: it runs, is paused (nothing of it happens until it goes on, then all of it late), or
/// is dead, and then nothing of it happens any more.
public final class SimulatedProcess implements Executor {
  private final Kernel kernel;
  private final String name;
  private final SimulatedClock clock;
  private final Deque<Runnable> held = new ArrayDeque<>();
  private boolean alive = true;
  private boolean paused;

  /// A process that runs.
  ///
  /// @param clock of its host
  public SimulatedProcess(Kernel kernel, String name, SimulatedClock clock) {
    this.kernel = kernel;
    this.name = name;
    this.clock = clock;
  }

  /// Its name, for people.
  public String name() {
    return name;
  }

  /// The clock of its host.
  public SimulatedClock clock() {
    return clock;
  }

  /// Where it runs.
  public Kernel kernel() {
    return kernel;
  }

  /// Whether it has not been killed.
  public boolean isAlive() {
    return alive;
  }

  /// Whether it is stopped for a while.
  public boolean isPaused() {
    return paused;
  }

  /// Runs something now, or when this process goes on; never when it is dead.
  @Override
  public void execute(Runnable body) {
    if (!alive) {
      return;
    }
    if (paused) {
      held.add(body);
    } else {
      body.run();
    }
  }

  /// An executor whose tasks are run soon, in an order that the seed chooses.
  public Executor soon() {
    return task -> kernel.schedule(0, this, task);
  }

  /// Does something after a while on this process' own clock.
  ///
  /// @param nanos of this process' clock
  public Timer after(long nanos, Runnable body) {
    return kernel.schedule(clock.virtual(nanos), this, body);
  }

  /// Kills it: what it had in memory is gone.
  public void kill() {
    alive = false;
    held.clear();
  }

  /// Stops it for a while.
  public void pause() {
    paused = true;
  }

  /// Lets it go on: what was due in the meantime happens now.
  public void resume() {
    paused = false;
    while (!held.isEmpty()) {
      kernel.schedule(0, this, held.poll());
    }
  }
}
