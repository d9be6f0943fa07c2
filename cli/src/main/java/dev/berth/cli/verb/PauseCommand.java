package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.InstanceWatch;
import dev.berth.cli.cluster.RunningInstances;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.Instance;
import dev.berth.v1.PauseInstanceRequest;
import dev.berth.v1.UnpauseInstanceRequest;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Command;

/// `berth pause` and `berth unpause`: every running instance of what is named.
@Command(
    description = "pause lets what runs stand still in its memory; unpause lets it go on.",
    footer = "Prints each name when all of it does; `berth ps` says paused meanwhile.")
public final class PauseCommand extends SlotsVerb {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final boolean paused;

  private PauseCommand(Terminal terminal, boolean paused) {
    super(terminal);
    this.paused = paused;
  }

  /// Lets stand still.
  public static PauseCommand pause(Terminal terminal) {
    return new PauseCommand(terminal, true);
  }

  /// Lets go on.
  public static PauseCommand unpause(Terminal terminal) {
    return new PauseCommand(terminal, false);
  }

  /// Asks for it; the answer comes when it is done.
  private Iterator<?> ask(Cluster cluster, String id) {
    String namespace = cluster.namespace();
    return paused
        ? cluster
            .instances()
            .pauseInstance(
                PauseInstanceRequest.newBuilder().setNamespace(namespace).setInstance(id).build())
        : cluster
            .instances()
            .unpauseInstance(
                UnpauseInstanceRequest.newBuilder()
                    .setNamespace(namespace)
                    .setInstance(id)
                    .build());
  }

  @Override
  void one(Cluster cluster, Target target) {
    RunningInstances running = RunningInstances.of(cluster, target);
    running.ask(id -> ask(cluster, id));
    awaitSaid(cluster, target, running.all());
  }

  /// Until `berth ps` says so, too.
  private void awaitSaid(Cluster cluster, Target target, List<Instance> asked) {
    boolean said =
        new InstanceWatch(cluster, target)
            .until(
                LIMIT,
                state ->
                    asked.stream()
                        .map(each -> state.get(each.getId()))
                        .noneMatch(
                            each ->
                                each != null
                                    && RunningInstances.runs(each)
                                    && each.getStatus().getPaused() != paused));
    if (!said) {
      throw failure(
          "its node did not say after "
              + LIMIT.toSeconds()
              + " s that it is done; see `berth ps "
              + target.workload()
              + "`");
    }
  }

  private static FailureException failure(String message) {
    return new FailureException(ExitCode.FAILURE, message);
  }
}
