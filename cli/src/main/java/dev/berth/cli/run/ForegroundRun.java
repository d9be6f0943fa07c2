package dev.berth.cli.run;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.Ending;
import dev.berth.cli.cluster.EndingWait;
import dev.berth.cli.cluster.Refusals;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.logs.LogFollower;
import dev.berth.cli.logs.LogOptions;
import dev.berth.cli.logs.LogOutput;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import dev.berth.cli.verb.Settling;
import dev.berth.spec.Printable;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.StopWorkloadRequest;
import dev.berth.v1.Workload;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;

/// A program in the foreground: its progress, its output, its exit code, and its end on Ctrl-C.
final class ForegroundRun {
  private static final Duration LONG = Duration.ofDays(3650);
  private static final Duration LAST_OUTPUT = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final Terminal terminal;
  private final Workload workload;
  private final Target target;
  private final boolean remove;

  /// @param workload as it was created
  /// @param remove deletes it at the end
  ForegroundRun(Cluster cluster, Terminal terminal, Workload workload, boolean remove) {
    this.cluster = cluster;
    this.terminal = terminal;
    this.workload = workload;
    this.target = new Target(workload.getName(), List.of());
    this.remove = remove;
  }

  /// Waits for the end of the program and answers its exit code.
  int await() {
    Thread interrupted = Thread.ofPlatform().name("interrupted").unstarted(this::stop);
    Runtime.getRuntime().addShutdownHook(interrupted);
    boolean several = workload.getSpec().getReplicas() > 1;
    LogFollower follower =
        new LogFollower(cluster, new LogOutput(terminal, () -> {}), LogOptions.LIVE, several);
    RunProgress progress = new RunProgress(terminal);
    try {
      Ending ending =
          new EndingWait(cluster, target, workload)
              .await(
                  LONG,
                  instances -> {
                    progress.show(instances);
                    follower.observe(instances);
                  });
      follower.awaitEnd(LAST_OUTPUT);
      progress.end();
      ending.last().forEach(this::explain);
      leave(interrupted);
      if (remove) {
        delete();
      }
      return ending.exitCode();
    } catch (FailureException | StatusRuntimeException e) {
      leave(interrupted);
      throw e;
    }
  }

  /// Says why a program did not end by itself.
  private void explain(Instance instance) {
    InstanceStatus status = instance.getStatus();
    boolean own = status.hasExitCode() && status.getReason().isEmpty();
    if (!own && !(status.getReason() + status.getMessage()).isEmpty()) {
      terminal.say(
          "berth: "
              + Printable.escape(
                  instance.getName() + ": " + status.getReason() + ": " + status.getMessage()));
    }
  }

  /// Ctrl-C: the program is stopped, and the process ends with 130 by itself when this returns.
  private void stop() {
    terminal.say("berth: stopping " + workload.getName());
    try {
      Workload stopped =
          cluster
              .workloads()
              .stopWorkload(
                  StopWorkloadRequest.newBuilder()
                      .setNamespace(workload.getNamespace())
                      .setName(workload.getName())
                      .build());
      new Settling(cluster, target)
          .awaitStopped(stopped.getSpec().getStopGrace().getSeconds() + 15);
      if (remove) {
        delete();
      }
    } catch (StatusRuntimeException e) {
      Complaint.say(terminal, workload.getName(), Refusals.describe(e, cluster));
    } catch (FailureException e) {
      Complaint.say(terminal, workload.getName(), String.valueOf(e.getMessage()));
    }
    terminal.out().flush();
    terminal.err().flush();
  }

  /// Ends the care for Ctrl-C. When it has come already, the process ends with the hook, not here.
  private static void leave(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyEnding) {
      try {
        Thread.currentThread().join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void delete() {
    var _ =
        cluster
            .workloads()
            .deleteWorkload(
                DeleteWorkloadRequest.newBuilder()
                    .setNamespace(workload.getNamespace())
                    .setName(workload.getName())
                    .setForce(true)
                    .setAllowMissing(true)
                    .build());
  }
}
