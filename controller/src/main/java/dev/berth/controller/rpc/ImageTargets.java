package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.spec.ImageRules;
import dev.berth.spec.Printable;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.ImageFailure;
import dev.berth.v1.Kind;
import dev.berth.v1.NodeState;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which nodes a call about images means.
final class ImageTargets {
  private ImageTargets() {}

  /// A node that is meant.
  ///
  /// @param target where its agent is reached
  /// @param problem why it need not be asked; empty: it is to be asked
  record Chosen(String node, Optional<StreamBroker.Target> target, Optional<ImageFailure> problem) {
    static Chosen refused(String node, Status.Code code, String message) {
      return new Chosen(node, Optional.empty(), Optional.of(failure(code, message)));
    }
  }

  /// A failure as it is sent.
  static ImageFailure failure(Status.Code code, String message) {
    return ImageFailure.newBuilder()
        .setCode(code.value())
        .setMessage(StatusMapper.description(message))
        .build();
  }

  /// @param names as the caller gave them; none: all that are ready and can run one of these now
  /// @param kinds what the images are for; none: virtual machines
  /// @throws io.grpc.StatusRuntimeException when one is not there, or there is none
  static List<Chosen> of(ClusterState state, List<String> names, List<Kind> kinds) {
    Set<Kind> wanted = wanted(kinds);
    String capability = wanted.equals(Set.of(Kind.KIND_CONTAINER)) ? "images" : "";
    return of(state, names, new Need(wanted, capability, "images of containers"));
  }

  /// Nodes that run containers, and whose agent can do something with what is theirs.
  ///
  /// @param capability of their drivers
  /// @param what the same, for people
  /// @throws io.grpc.StatusRuntimeException as [#of]
  static List<Chosen> ofContainers(
      ClusterState state, List<String> names, String capability, String what) {
    return of(state, names, new Need(Set.of(Kind.KIND_CONTAINER), capability, what));
  }

  private static List<Chosen> of(ClusterState state, List<String> names, Need need) {
    Set<Kind> wanted = need.kinds();
    if (names.size() > ImageRules.NODES_MAX) {
      throw StatusMapper.badField(
          "nodes",
          "count: %d (expected: at most %d)".formatted(names.size(), ImageRules.NODES_MAX));
    }
    List<Chosen> chosen = new ArrayList<>();
    if (names.isEmpty()) {
      for (NodeRecord node : state.nodes().values()) {
        if (node.state() == NodeState.NODE_STATE_READY
            && node.isConnected()
            && runs(node, wanted, true)) {
          chosen.add(choose(node, need));
        }
      }
      if (chosen.isEmpty()) {
        throw StatusMapper.refused(
            RefusalCode.FAILED_PRECONDITION,
            "no node that is ready can run "
                + words(wanted)
                + " now: 'berth node ls' shows the drivers of each");
      }
      return chosen;
    }
    for (String name : new LinkedHashSet<>(names)) {
      NodeRecord node = state.node(name);
      if (node == null) {
        throw StatusMapper.refused(
            RefusalCode.NOT_FOUND,
            "no node " + Printable.quote(name) + ": 'berth node ls' lists those there are");
      }
      chosen.add(choose(node, need));
    }
    return chosen;
  }

  /// What a node must be able to do.
  ///
  /// @param kinds one of these it must run
  /// @param capability that its driver must have; empty: none
  /// @param what the capability, for people
  private record Need(Set<Kind> kinds, String capability, String what) {}

  private static Chosen choose(NodeRecord node, Need need) {
    if (!node.isConnected()) {
      return Chosen.refused(
          node.name(),
          Status.Code.UNAVAILABLE,
          "it is not connected: repeat when its agent is back");
    }
    if (!runs(node, need.kinds(), false)) {
      return Chosen.refused(
          node.name(),
          Status.Code.FAILED_PRECONDITION,
          "it runs no "
              + words(need.kinds())
              + ": 'berth node inspect "
              + node.name()
              + "' shows its drivers");
    }
    if (!need.capability().isEmpty() && !can(node, need.capability())) {
      return Chosen.refused(
          node.name(),
          Status.Code.UNIMPLEMENTED,
          "its agent is too old for " + need.what() + ": update it");
    }
    return reachable(node);
  }

  /// A node whose agent can be asked.
  static Chosen reachable(NodeRecord node) {
    return new Chosen(
        node.name(),
        Optional.of(new StreamBroker.Target(node.name(), node.liveness().session().id())),
        Optional.empty());
  }

  private static Set<Kind> wanted(List<Kind> kinds) {
    for (Kind kind : kinds) {
      if (kind != Kind.KIND_CONTAINER && kind != Kind.KIND_VM) {
        throw StatusMapper.badField(
            "kinds",
            "value: %s (expected: KIND_CONTAINER or KIND_VM, which have images)".formatted(kind));
      }
    }
    return kinds.isEmpty() ? Set.of(Kind.KIND_VM) : new TreeSet<>(kinds);
  }

  private static String words(Set<Kind> kinds) {
    return kinds.stream()
        .map(kind -> kind == Kind.KIND_VM ? "virtual machines" : "containers")
        .collect(Collectors.joining(" or "));
  }

  private static boolean runs(NodeRecord node, Set<Kind> kinds, boolean now) {
    return drivers(node)
        .anyMatch(driver -> kinds.contains(driver.getKind()) && (driver.getAvailable() || !now));
  }

  private static boolean can(NodeRecord node, String capability) {
    return drivers(node).anyMatch(driver -> driver.getCapabilitiesList().contains(capability));
  }

  private static Stream<DriverDescription> drivers(NodeRecord node) {
    return node.message().getDescription().getDriversList().stream();
  }
}
