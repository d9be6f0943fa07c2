package dev.berth.agent;

import dev.berth.agent.doctor.NodeExaminer;
import dev.berth.agent.fence.Watchdog;
import dev.berth.agent.forwarding.ForwardingKeeper;
import dev.berth.agent.image.NodeImages;
import dev.berth.agent.journal.StateFiles;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import dev.berth.agent.session.Dialler;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// What an agent stands on: everything of its host and its network that another host, or a
/// simulated one, has in another way.
///
/// @param bootId the kernel's boot id
/// @param files where the agent remembers things
/// @param machine time, threads and chance
/// @param watchdog does what the fence asks when the agent cannot
/// @param dialler makes connections to controllers
/// @param care what else there is on the host
/// @param memoryReturn makes the heap small, after a burst of work
public record AgentHost(
    String bootId,
    StateFiles files,
    Machine machine,
    Watchdog watchdog,
    Dialler dialler,
    Care care,
    Runnable memoryReturn) {
  /// What every program takes for granted.
  ///
  /// @param clock the time
  /// @param threads runs everything that the agent does
  /// @param random for jitter; safe for use by several threads
  public record Machine(AgentClock clock, Threads threads, RandomGenerator random) {}

  /// What an agent has on a real host, and not on a simulated one.
  ///
  /// @param images of virtual machines, kept by the host; empty: it runs none
  /// @param examiner looks at the host when someone asks
  /// @param forwarding keeps the packets of machines going; empty: nobody does
  /// @param logins keeps logins to registries that come with assignments
  public record Care(
      Optional<NodeImages> images,
      Optional<NodeExaminer> examiner,
      Optional<ForwardingKeeper> forwarding,
      InstanceLogins logins) {
    /// Nothing of it.
    public static Care none() {
      return new Care(Optional.empty(), Optional.empty(), Optional.empty(), new InstanceLogins());
    }
  }

  AgentClock clock() {
    return machine.clock();
  }

  Threads threads() {
    return machine.threads();
  }

  RandomGenerator random() {
    return machine.random();
  }
}
