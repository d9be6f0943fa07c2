package dev.berth.controller.rpc;

import com.google.protobuf.Message;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.v1.OpenStream;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;

/// Asks nodes about one sort of things that their runtimes keep, volumes or networks, and shows
/// which workloads claim them. Nothing of it passes the loop.
///
/// @param <T> what they keep
/// @param <A> what is told of one node's
final class NodeObjects<T extends Message, A> {
  private final ControllerLoop loop;
  private final StreamBroker broker;
  private final ScheduledExecutorService timer;
  private final Sort<T, A> sort;

  /// A sort of things.
  interface Sort<T, A> {
    /// The capability of drivers that keep them, which is also what people call them: "volumes".
    String capability();

    /// Which workloads name them.
    WorkloadClaims claims(ClusterState state);

    /// The one that some news tell of.
    Optional<T> in(NodeNews news);

    /// The same with the workloads that claim it.
    T claimed(T object, WorkloadClaims claims);

    /// What is told when a node has it, or had it.
    A found(String node, T object);

    /// What is told when a node failed.
    A failed(String node, NodeNews.Failed why);
  }

  NodeObjects(
      ControllerLoop loop, StreamBroker broker, ScheduledExecutorService timer, Sort<T, A> sort) {
    this.loop = loop;
    this.broker = broker;
    this.timer = timer;
    this.sort = sort;
  }

  /// Lists those of nodes.
  ///
  /// @param nodes as the user named them; none: all that can
  /// @param page what is told of some of them
  <L> void list(
      List<String> nodes,
      OpenStream.Builder question,
      StreamObserver<L> caller,
      Function<ObjectPages.Page<T>, L> page) {
    ClusterState state = state();
    WorkloadClaims claims = sort.claims(state);
    ObjectPages<T> pages = new ObjectPages<>();
    start(
        targets(state, nodes),
        question,
        caller,
        (node, news) ->
            sort.in(news)
                .map(object -> pages.add(node, sort.claimed(object, claims)))
                .orElseGet(() -> pages.end(node, news))
                .map(page));
  }

  /// Asks nodes for one of them.
  void inspect(List<String> nodes, OpenStream.Builder question, StreamObserver<A> caller) {
    ClusterState state = state();
    ask(state, targets(state, nodes), question, caller);
  }

  /// Has nodes make one of them.
  ///
  /// @param what for the log: "volume create"
  void create(
      String what,
      String name,
      List<String> nodes,
      OpenStream.Builder question,
      StreamObserver<A> caller) {
    ClusterState state = state();
    List<ImageTargets.Chosen> targets = targets(state, nodes);
    Audit.nodes(what, name, nodes);
    ask(state, targets, question, caller);
  }

  /// A removal of one of them.
  ///
  /// @param what for the log: "volume rm"
  /// @param claim why a node refuses while a slot has its place there whose workload names it;
  ///     empty: it does not refuse
  record Removal(String what, String name, Optional<String> claim) {}

  /// Has nodes remove one of them.
  void remove(
      Removal removal, List<String> nodes, OpenStream.Builder question, StreamObserver<A> caller) {
    ClusterState state = state();
    List<ImageTargets.Chosen> targets = targets(state, nodes);
    Audit.nodes(removal.what(), removal.name(), nodes);
    ask(
        state,
        removal
            .claim()
            .map(why -> sort.claims(state).guarded(targets, removal.name(), why))
            .orElse(targets),
        question,
        caller);
  }

  /// Which nodes are asked.
  ///
  /// @throws io.grpc.StatusRuntimeException when one is not there, or there is none
  List<ImageTargets.Chosen> targets(ClusterState state, List<String> nodes) {
    return ImageTargets.ofContainers(state, nodes, sort.capability(), sort.capability());
  }

  ClusterState state() {
    return Answers.snapshot(loop).state();
  }

  private void ask(
      ClusterState state,
      List<ImageTargets.Chosen> targets,
      OpenStream.Builder question,
      StreamObserver<A> caller) {
    WorkloadClaims claims = sort.claims(state);
    start(
        targets,
        question,
        caller,
        (node, news) ->
            news instanceof NodeNews.Failed why
                ? Optional.of(sort.failed(node, why))
                : sort.in(news).map(found -> sort.found(node, sort.claimed(found, claims))));
  }

  /// Asks what has answers of its own.
  <L> void start(
      List<ImageTargets.Chosen> targets,
      OpenStream.Builder question,
      StreamObserver<L> caller,
      NodeFanOut.View<L> view) {
    new NodeFanOut<>(broker, timer, (ServerCallStreamObserver<L>) caller, view)
        .start(targets, question.build());
  }
}
