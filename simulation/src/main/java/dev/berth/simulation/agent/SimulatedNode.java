package dev.berth.simulation.agent;

import dev.berth.agent.security.Membership;
import dev.berth.simulation.fault.PlantedBug;
import dev.berth.simulation.kernel.SimulatedClock;
import dev.berth.simulation.kernel.VirtualThreads;
import dev.berth.simulation.runtime.RuntimeObserver;
import dev.berth.simulation.runtime.SimulatedDisk;
import dev.berth.simulation.runtime.SimulatedRuntime;
import dev.berth.simulation.runtime.SimulatedWatchdog;
import dev.berth.v1.Resources;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A host with a runtime, a disk, and an agent that can be started, killed and paused.
public final class SimulatedNode {
  private final AgentWiring wiring;
  private final String name;
  private final Resources capacity;
  private final SimulatedClock clock;
  private final SimulatedDisk disk;
  private final SimulatedRuntime runtime;
  private final SimulatedWatchdog watchdog;
  private final RandomGenerator random;
  private @Nullable Membership membership;
  private @Nullable AgentLife life;
  private boolean up = true;
  private int boots = 1;
  private int lives;

  /// A host that is up, and whose agent has not been started.
  public SimulatedNode(
      AgentWiring wiring,
      String name,
      Resources capacity,
      SimulatedClock clock,
      RuntimeObserver observer) {
    this.wiring = wiring;
    this.name = name;
    this.capacity = capacity;
    this.clock = clock;
    this.disk = new SimulatedDisk(wiring.kernel().random("disk " + name));
    this.runtime = new SimulatedRuntime(wiring.kernel(), name, clock, observer);
    this.watchdog = new SimulatedWatchdog(wiring.kernel(), clock, runtime);
    this.random = wiring.kernel().random("agent " + name);
    runtime.addForeign();
    disk.setLying(wiring.bugs().has(PlantedBug.DISK_WITHOUT_SYNC));
    disk.setTearing(wiring.bugs().has(PlantedBug.FILES_WRITTEN_IN_PLACE));
  }

  /// Its name.
  public String name() {
    return name;
  }

  /// What it really has.
  public Resources capacity() {
    return capacity;
  }

  /// Its clocks.
  public SimulatedClock clock() {
    return clock;
  }

  /// Its disk.
  public SimulatedDisk disk() {
    return disk;
  }

  /// Its runtime.
  public SimulatedRuntime runtime() {
    return runtime;
  }

  /// Whether the host is up.
  public boolean isUp() {
    return up;
  }

  /// Whether the agent's process lives.
  public boolean isAlive() {
    return life != null;
  }

  /// Whether the agent has a session with a leader.
  public boolean isWelcomed() {
    AgentLife now = life;
    return now != null && now.isWelcomed();
  }

  /// The host has joined.
  public void join(Membership as) {
    membership = as;
    start();
  }

  /// Whether the host has joined.
  public boolean isMember() {
    return membership != null;
  }

  SimulatedWatchdog watchdog() {
    return watchdog;
  }

  RandomGenerator random() {
    return random;
  }

  String bootId() {
    return "boot-" + boots;
  }

  /// Starts the agent, if the host is up and has joined and no agent lives.
  public void start() {
    Membership as = membership;
    if (as == null || life != null || !up) {
      return;
    }
    AgentLife fresh = new AgentLife(wiring, this, as, name + "#" + ++lives);
    life = fresh;
    note("start");
    wiring.observer().started(name);
    var _ = VirtualThreads.on(fresh.process().soon()).name(name).start(fresh::run);
  }

  /// Kills the agent.
  public void kill() {
    AgentLife now = life;
    if (now != null) {
      note("kill");
      life = null;
      now.kill();
      runtime.forgetFollowers();
      runtime.faults().forgetObservers();
    }
  }

  /// Stops the agent for a while.
  public void pause() {
    AgentLife now = life;
    if (now != null) {
      note("pause");
      now.process().pause();
    }
  }

  /// Lets the agent go on.
  public void resume() {
    AgentLife now = life;
    if (now != null && now.process().isPaused()) {
      note("resume");
      now.process().resume();
    }
  }

  /// Breaks the agent's session.
  public void resetSession() {
    AgentLife now = life;
    if (now != null) {
      note("reset");
      now.reset();
    }
  }

  /// The host loses its power: nobody says goodbye.
  public void losePower() {
    note("power off");
    up = false;
    AgentLife now = life;
    if (now != null) {
      now.vanish();
    }
    kill();
    disk.losePower();
    runtime.losePower();
  }

  /// The host boots, and its agent with it.
  public void boot() {
    if (up) {
      return;
    }
    note("boot");
    up = true;
    boots++;
    watchdog.boot();
    clock.reboot(random.nextLong(60_000_000_000L));
    start();
  }

  private void note(String what) {
    wiring.kernel().trace().note(wiring.kernel().now(), what, name, lives);
  }
}
