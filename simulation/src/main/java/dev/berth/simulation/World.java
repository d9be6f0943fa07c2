package dev.berth.simulation;

import com.google.protobuf.ByteString;
import dev.berth.agent.security.Membership;
import dev.berth.client.ControllerAddress;
import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.Outcome;
import dev.berth.controller.loop.Snapshot;
import dev.berth.simulation.agent.AgentWiring;
import dev.berth.simulation.agent.SimulatedNode;
import dev.berth.simulation.check.Invariants;
import dev.berth.simulation.check.Violations;
import dev.berth.simulation.controller.ControllerWiring;
import dev.berth.simulation.controller.SimulatedController;
import dev.berth.simulation.etcd.SimulatedEtcd;
import dev.berth.simulation.fault.Bugs;
import dev.berth.simulation.fault.PlantedBug;
import dev.berth.simulation.kernel.Kernel;
import dev.berth.simulation.kernel.SimulatedClock;
import dev.berth.simulation.kernel.Trace;
import dev.berth.simulation.net.MessageBugs;
import dev.berth.simulation.net.Network;
import dev.berth.simulation.user.Api;
import dev.berth.simulation.user.WorkloadOwner;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Node;
import dev.berth.v1.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A whole cluster in virtual time: etcd, controllers, nodes with their runtimes and agents, users,
/// and the network between them.
public final class World implements Api {
  private static final long SECOND = 1_000_000_000L;

  private final Kernel kernel;
  private final Bugs bugs;
  private final Network network;
  private final SimulatedEtcd etcd;
  private final Violations violations;
  private final Invariants invariants;
  private final List<SimulatedController> controllers = new ArrayList<>();
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<WorkloadOwner> owners = new ArrayList<>();
  private final RandomGenerator random;

  /// How large a world is.
  ///
  /// @param controllers how many controllers
  /// @param nodes how many nodes
  /// @param workloads how many users with one workload each
  public record Size(int controllers, int nodes, int workloads) {
    /// Three controllers, five nodes, six users.
    public static final Size SMALL = new Size(3, 5, 6);
  }

  /// A world in which nothing has happened yet.
  public World(long seed, Size size, Bugs bugs, Trace trace) {
    this.kernel = new Kernel(seed, trace);
    this.bugs = bugs;
    this.network = new Network(kernel);
    this.etcd = new SimulatedEtcd(kernel);
    this.violations = new Violations(kernel);
    this.random = kernel.random("world");
    Map<String, Resources> capacities = capacities(size);
    this.invariants = new Invariants(kernel, etcd, violations, capacities, World::isStrict);
    ControllerWiring controllerWiring =
        new ControllerWiring(kernel, etcd, bugs, new MessageBugs(bugs), invariants);
    List<ControllerAddress> addresses = new ArrayList<>();
    for (int i = 1; i <= size.controllers(); i++) {
      String name = "c" + i;
      controllers.add(new SimulatedController(controllerWiring, name, clock()));
      addresses.add(new ControllerAddress(name, ControllerWiring.PORT));
    }
    AgentWiring agentWiring =
        new AgentWiring(kernel, network, addresses, this::controller, bugs, invariants);
    capacities.forEach(
        (name, capacity) ->
            nodes.add(new SimulatedNode(agentWiring, name, capacity, clock(), invariants)));
    WorkloadOwner.Surroundings surroundings =
        new WorkloadOwner.Surroundings(kernel, this, violations, invariants.stored());
    for (int i = 1; i <= size.workloads(); i++) {
      WorkloadOwner owner = new WorkloadOwner(surroundings, i);
      owners.add(owner);
      invariants.observe(owner);
    }
  }

  private static Map<String, Resources> capacities(Size size) {
    Map<String, Resources> capacities = new TreeMap<>();
    for (int i = 1; i <= size.nodes(); i++) {
      capacities.put(
          "n" + i, Resources.newBuilder().setCpuMillis(4_000).setMemoryBytes(4L << 30).build());
    }
    return capacities;
  }

  /// Whether two programs in one slot are never allowed, whatever happens.
  private static boolean isStrict(String workload) {
    return WorkloadOwner.lostPolicyOf(workload) != LostPolicy.LOST_POLICY_REPLACE;
  }

  /// A clock that is up to 100 millionths fast or slow.
  private SimulatedClock clock() {
    return new SimulatedClock(
        kernel, 1 + (random.nextDouble() - 0.5) * 2e-4, random.nextLong(3_600 * SECOND));
  }

  private SimulatedController controller(String name) {
    return controllers.get(Integer.parseInt(name.substring(1)) - 1);
  }

  /// Virtual time.
  public Kernel kernel() {
    return kernel;
  }

  /// The network.
  public Network network() {
    return network;
  }

  /// etcd.
  public SimulatedEtcd etcd() {
    return etcd;
  }

  /// Whoever finds something wrong says so here.
  public Violations violations() {
    return violations;
  }

  /// The judges.
  public Invariants invariants() {
    return invariants;
  }

  /// All controllers, `c1` first.
  public List<SimulatedController> all() {
    return controllers;
  }

  /// All nodes, `n1` first.
  public List<SimulatedNode> nodes() {
    return nodes;
  }

  /// All users.
  public List<WorkloadOwner> owners() {
    return owners;
  }

  /// The controller that leads; null: none does.
  public @Nullable SimulatedController leader() {
    for (SimulatedController each : controllers) {
      if (each.epoch() != 0) {
        return each;
      }
    }
    return null;
  }

  /// Starts the controllers, and lets the nodes join as soon as one leads.
  public void start() {
    controllers.forEach(SimulatedController::start);
    for (int i = 0; i < nodes.size(); i++) {
      join(nodes.get(i), "%010d".formatted(i));
    }
  }

  private void join(SimulatedNode node, String token) {
    SimulatedController leader = leader();
    if (leader == null) {
      kernel.after(SECOND / 5, () -> join(node, token));
      return;
    }
    ByteString digest = ByteString.copyFrom(new byte[32]);
    leader.request(
        id ->
            new ClusterEvent.CreateToken(
                id, token, digest, CreateTokenRequest.getDefaultInstance()),
        _ ->
            leader.request(
                id -> new ClusterEvent.EnrollNode(id, token, digest, node.name()),
                outcome -> joined(node, token, leader, outcome)));
  }

  private void joined(
      SimulatedNode node, String token, SimulatedController leader, Outcome outcome) {
    Snapshot snapshot = leader.snapshot();
    if (snapshot != null
        && outcome instanceof Outcome.Success success
        && success.answer() instanceof Node joined) {
      node.join(new Membership(snapshot.state().clusterUid(), joined.getName(), joined.getUid()));
    } else {
      kernel.after(SECOND, () -> join(node, token));
    }
  }

  /// Lets time pass, and ends the run at the first violation.
  ///
  /// @param millis of virtual time
  public void pass(long millis) {
    long end = kernel.now() + millis * 1_000_000L;
    while (kernel.now() < end) {
      kernel.runUntil(Math.min(end, kernel.now() + SECOND / 10));
      violations.raise();
    }
  }

  @Override
  public int controllers() {
    return controllers.size();
  }

  @Override
  public void send(
      int controller, LongFunction<ClusterEvent.Request> request, Consumer<Outcome> answer) {
    SimulatedController to = controllers.get(controller);
    Runnable arrival =
        () ->
            to.request(
                RequestBugs.applyTo(request, bugs),
                outcome -> kernel.after(SECOND / 1_000, () -> answer.accept(outcome)));
    kernel.after(SECOND / 1_000, arrival);
    if (bugs.has(PlantedBug.DUPLICATED_REQUEST)) {
      kernel.after(SECOND / 500, arrival);
    }
  }

  @Override
  public @Nullable Snapshot read(int controller) {
    Snapshot snapshot = controllers.get(controller).snapshot();
    // Whoever ends a leader's lease from outside has readers who see the past for a second.
    return snapshot == null || invariants.isExcused(snapshot) ? null : snapshot;
  }

  /// How many programs run in each slot of Berth's.
  public Map<String, Long> liveBySlot() {
    Map<String, Long> live = new TreeMap<>();
    for (SimulatedNode node : nodes) {
      node.runtime().objects().stream()
          .filter(each -> each.isLive() && !each.instance().isEmpty())
          .forEach(each -> live.merge(each.slot(), 1L, Long::sum));
    }
    return live;
  }
}
