package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.term.Ages;
import dev.berth.cli.term.Counts;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.ProgressLine;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.GetNodeRequest;
import dev.berth.v1.Node;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.NodeDrain;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/// Looks at a node until its drain is over, and shows how far it is. Ctrl-C ends the looking, not
/// the drain.
final class DrainFollower {
  private static final long POLL_NANOS = Duration.ofMillis(500).toNanos();
  private static final long AWAY_NANOS = Duration.ofMinutes(1).toNanos();

  private final Cluster cluster;
  private final Terminal terminal;
  private final ProgressLine progress;

  DrainFollower(Cluster cluster, Terminal terminal) {
    this.cluster = cluster;
    this.terminal = terminal;
    this.progress = new ProgressLine(terminal);
  }

  /// Waits until no instance is to go any more.
  ///
  /// @param begun the node as the drain's begin answered it
  /// @throws FailureException when the drain was ended by someone, or when instances stay
  void follow(Node begun) {
    Thread interrupted =
        Thread.ofPlatform().name("interrupted").unstarted(() -> sayGoesOn(begun.getName()));
    Runtime.getRuntime().addShutdownHook(interrupted);
    try {
      Node node = begun;
      while (isGoing(node)) {
        progress.show(text(node));
        LockSupport.parkNanos(POLL_NANOS);
        node = look(node);
      }
      progress.end();
      judge(node);
    } finally {
      progress.end();
      leave(interrupted);
    }
  }

  private void sayGoesOn(String name) {
    progress.end();
    terminal.say(
        "berth: the drain of " + name + " goes on; `berth node uncordon " + name + "` ends it");
  }

  /// Not over while instances are there and nothing says that they stay.
  private static boolean isGoing(Node node) {
    return node.getAvailability() == NodeAvailability.NODE_AVAILABILITY_DRAINING
        && (node.getDrain().getRemaining() > 0
            || (node.getInstances() > 0 && node.getDrain().getMessage().isEmpty()));
  }

  /// Controllers change while a long drain goes on: that is waited for.
  private Node look(Node last) {
    long deadline = System.nanoTime() + AWAY_NANOS;
    while (true) {
      try {
        return cluster.nodes().getNode(GetNodeRequest.newBuilder().setName(last.getName()).build());
      } catch (StatusRuntimeException e) {
        Status.Code code = e.getStatus().getCode();
        boolean away = code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED;
        if (!away || System.nanoTime() > deadline) {
          throw e;
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
    }
  }

  private static void judge(Node node) {
    if (node.getAvailability() != NodeAvailability.NODE_AVAILABILITY_DRAINING) {
      throw new FailureException(
          1,
          "the drain of "
              + node.getName()
              + " was ended meanwhile: it is "
              + NodeText.availability(node)
              + " with "
              + Counts.of(node.getInstances(), "instance"));
    }
    if (node.getInstances() > 0 && !node.getDrain().getMessage().isEmpty()) {
      throw new FailureException(
          1,
          node.getName()
              + " is not empty: "
              + Counts.of(node.getInstances(), "instance")
              + (node.getInstances() == 1 ? " stays\n" : " stay\n")
              + node.getDrain().getMessage());
    }
  }

  private String text(Node node) {
    NodeDrain drain = node.getDrain();
    String held = drain.getMessage().isEmpty() ? "" : "; " + drain.getMessage();
    // A countdown would make a plain line of each second.
    boolean counts = terminal.errIsTerminal() && drain.hasDeadline() && !held.isEmpty();
    String deadline =
        !counts ? "" : " (for at most " + Ages.until(drain.getDeadline(), Instant.now()) + " more)";
    int left = drain.getRemaining() > 0 ? drain.getRemaining() : node.getInstances();
    return node.getName() + ": " + Counts.of(left, "instance") + " to go" + held + deadline;
  }

  private static void leave(Thread hook) {
    try {
      boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // Ctrl-C has come already: the hook speaks, and the process ends with it.
    }
  }
}
