package dev.berth.simulation;

import com.google.protobuf.ByteString;
import dev.berth.simulation.agent.SimulatedNode;
import dev.berth.simulation.controller.SimulatedController;
import dev.berth.simulation.fault.Fault;
import dev.berth.simulation.kernel.SimulatedClock;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Makes things go wrong in a world, and right again.
public final class FaultInjector {
  private static final long MILLI = 1_000_000L;

  /// A way this long, there and back, takes longer than an agent waits for its first connections.
  private static final long SLOW_DIAL_NANOS = 1_500 * MILLI;

  private static final long[] WRONG_SECONDS = {
    3_600, -3_600, 315_360_000, -315_360_000, 40, -40, 86_400
  };

  private final World world;
  private final Set<String> withoutEtcd = new TreeSet<>();

  /// For one world.
  public FaultInjector(World world) {
    this.world = world;
    world.etcd().faults().setCutOff(withoutEtcd::contains);
  }

  /// Plans a fault, relative to now.
  public void plan(Fault fault) {
    world.kernel().after(fault.atMillis() * MILLI, () -> begin(fault));
  }

  /// Makes something go wrong now; it goes right again by itself.
  public void begin(Fault fault) {
    Runnable end = apply(fault);
    world.kernel().trace().note(world.kernel().now(), "fault", fault.kind().name(), fault.detail());
    if (world.kernel().trace().isRead()) {
      world.kernel().trace().remark(world.kernel().now(), fault.toString());
    }
    world.kernel().after(fault.millis() * MILLI, end);
  }

  /// Ends everything that may still be wrong.
  public void heal() {
    world.network().heal();
    withoutEtcd.clear();
    world.etcd().faults().setLoss(0, 0);
    world.etcd().faults().setSlow(0);
    world.etcd().model().setFull(false);
    if (world.etcd().faults().quorumLost()) {
      world.etcd().regainQuorum();
    }
    for (SimulatedController each : world.all()) {
      each.clock().setWall(0);
      each.resume();
      each.start();
    }
    for (SimulatedNode each : world.nodes()) {
      each.clock().setWall(0);
      each.disk().setFull(false);
      each.runtime().faults().setHung(false);
      each.runtime().faults().setDown(false);
      each.runtime().faults().setFailures(0);
      each.resume();
      each.boot();
      each.start();
    }
  }

  private Runnable apply(Fault fault) {
    SimulatedNode node = world.nodes().get(fault.detail() % world.nodes().size());
    return switch (fault.kind()) {
      case CONTROLLER_KILLED -> kill(world.all().get(fault.detail() % world.all().size()));
      case LEADER_KILLED -> kill(world.leader());
      case LEADER_PAUSED -> pause(world.leader());
      case LEADER_WITHOUT_ETCD -> isolate(world.leader());
      case LEADER_SET_BACK -> {
        Runnable end = isolate(world.leader());
        SimulatedClock clock = leaderClock(node);
        after(300 + fault.detail() % 1_200, () -> clock.setWall(-3_600));
        yield () -> {
          clock.setWall(0);
          end.run();
        };
      }
      case LEADER_LOSES_SLOW_ETCD -> {
        world.etcd().faults().setSlow((600 + fault.detail() % 350) * MILLI);
        List<Runnable> ends = new ArrayList<>();
        after(4_000 + fault.detail() % 2_000, () -> ends.add(isolate(world.leader())));
        yield () -> {
          world.etcd().faults().setSlow(0);
          ends.forEach(Runnable::run);
        };
      }
      case LEASE_ENDED -> endLease();
      case AGENT_KILLED,
          AGENT_PAUSED,
          HOST_POWER_LOST,
          SESSION_RESET,
          DISK_FULL,
          STATE_DAMAGED,
          CLOCK_WRONG,
          RUNTIME_HUNG,
          RUNTIME_DOWN,
          RUNTIME_FAILING,
          PROGRAM_KILLED ->
          onNode(node, fault);
      case NODE_CUT_OFF -> cut(List.of(node), true, true);
      case NODE_NOT_HEARD -> cut(List.of(node), true, false);
      case NODE_NOT_TOLD -> cut(List.of(node), false, true);
      case MOST_NODES_CUT_OFF ->
          cut(world.nodes().subList(0, world.nodes().size() - 1), true, true);
      case NETWORK_SLOW -> {
        world.network().setSlow((1 + fault.detail() % 2_000) * MILLI);
        yield () -> world.network().setSlow(0);
      }
      case ETCD_QUORUM_LOST, ETCD_LOSSY, ETCD_SLOW, ETCD_FULL, ETCD_LEADER_CHANGED -> onEtcd(fault);
    };
  }

  private void after(long millis, Runnable body) {
    world.kernel().after(millis * MILLI, body);
  }

  private Runnable onEtcd(Fault fault) {
    var etcd = world.etcd();
    return switch (fault.kind()) {
      case ETCD_QUORUM_LOST -> {
        etcd.loseQuorum();
        yield etcd::regainQuorum;
      }
      case ETCD_LOSSY -> {
        double share = 0.05 + fault.detail() % 10 / 20.0;
        etcd.faults().setLoss(share / 2, share);
        yield () -> etcd.faults().setLoss(0, 0);
      }
      case ETCD_SLOW -> {
        etcd.faults().setSlow((fault.detail() % 1_600) * MILLI);
        yield () -> etcd.faults().setSlow(0);
      }
      case ETCD_FULL -> {
        etcd.model().setFull(true);
        yield () -> etcd.model().setFull(false);
      }
      default -> {
        etcd.changeLeader();
        yield FaultInjector::none;
      }
    };
  }

  private Runnable onNode(SimulatedNode node, Fault fault) {
    return switch (fault.kind()) {
      case AGENT_KILLED -> {
        world.invariants().disturb(node.name());
        node.kill();
        yield node::start;
      }
      case AGENT_PAUSED -> {
        world.invariants().disturb(node.name());
        node.pause();
        yield () -> {
          world.invariants().disturb(node.name());
          node.resume();
        };
      }
      case HOST_POWER_LOST -> {
        world.invariants().lostPower(node.name());
        node.losePower();
        yield () -> {
          world.invariants().disturb(node.name());
          node.boot();
        };
      }
      case SESSION_RESET -> {
        if (world.network().slowNanos() > SLOW_DIAL_NANOS) {
          // Dials may take so long that the node is lost before one succeeds.
          world.invariants().disturb(node.name());
        }
        node.resetSession();
        yield FaultInjector::none;
      }
      case DISK_FULL, STATE_DAMAGED, CLOCK_WRONG -> onMachine(node, fault);
      default -> onRuntime(node, fault);
    };
  }

  private Runnable onMachine(SimulatedNode node, Fault fault) {
    return switch (fault.kind()) {
      case DISK_FULL -> {
        // An agent that cannot write down a new epoch does not obey it.
        world.invariants().disturb(node.name());
        node.disk().setFull(true);
        yield () -> {
          world.invariants().disturb(node.name());
          node.disk().setFull(false);
        };
      }
      case STATE_DAMAGED -> {
        world.invariants().disturb(node.name());
        node.kill();
        // The epoch is not damaged here: that it is lost with its disk is another matter.
        boolean _ = node.disk().damage("instances");
        yield node::start;
      }
      default -> {
        long seconds = WRONG_SECONDS[fault.detail() % WRONG_SECONDS.length];
        var clock = fault.detail() % 2 == 0 ? node.clock() : leaderClock(node);
        clock.setWall(seconds);
        yield () -> clock.setWall(0);
      }
    };
  }

  private static void none() {}

  private Runnable onRuntime(SimulatedNode node, Fault fault) {
    return switch (fault.kind()) {
      case RUNTIME_HUNG -> {
        node.runtime().faults().setHung(true);
        yield () -> node.runtime().faults().setHung(false);
      }
      case RUNTIME_DOWN -> {
        node.runtime().faults().setDown(true);
        yield () -> node.runtime().faults().setDown(false);
      }
      case RUNTIME_FAILING -> {
        node.runtime().faults().setFailures(0.1 + fault.detail() % 6 / 10.0);
        yield () -> node.runtime().faults().setFailures(0);
      }
      default -> {
        boolean _ = node.runtime().killOne(world.kernel().random("fault " + fault.detail()));
        yield FaultInjector::none;
      }
    };
  }

  private SimulatedClock leaderClock(SimulatedNode otherwise) {
    SimulatedController leader = world.leader();
    return leader == null ? otherwise.clock() : leader.clock();
  }

  private static Runnable kill(@Nullable SimulatedController controller) {
    if (controller == null) {
      return FaultInjector::none;
    }
    controller.kill();
    return controller::start;
  }

  private static Runnable pause(@Nullable SimulatedController controller) {
    if (controller == null) {
      return FaultInjector::none;
    }
    controller.pause();
    return controller::resume;
  }

  private Runnable isolate(@Nullable SimulatedController controller) {
    if (controller == null) {
      return FaultInjector::none;
    }
    withoutEtcd.add(controller.name());
    return () -> withoutEtcd.remove(controller.name());
  }

  private Runnable endLease() {
    KeyValue key = world.etcd().model().get(ByteString.copyFromUtf8("/berth/leader"));
    if (key != null && !world.etcd().faults().quorumLost()) {
      world.invariants().excuse(key.getCreateRevision());
      var _ =
          world
              .etcd()
              .model()
              .revoke(LeaseRevokeRequest.newBuilder().setID(key.getLease()).build());
    }
    return FaultInjector::none;
  }

  private Runnable cut(List<SimulatedNode> nodes, boolean up, boolean down) {
    for (SimulatedNode node : nodes) {
      world.invariants().disturb(node.name());
      for (SimulatedController each : world.all()) {
        if (up) {
          world.network().block(node.name(), each.name());
        }
        if (down) {
          world.network().block(each.name(), node.name());
        }
      }
    }
    return () -> {
      for (SimulatedNode node : nodes) {
        world.invariants().disturb(node.name());
        for (SimulatedController each : world.all()) {
          world.network().open(node.name(), each.name());
          world.network().open(each.name(), node.name());
        }
      }
    };
  }
}
