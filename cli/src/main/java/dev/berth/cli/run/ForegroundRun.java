package dev.berth.cli.run;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.Ending;
import dev.berth.cli.cluster.EndingWait;
import dev.berth.cli.cluster.InstanceWatch;
import dev.berth.cli.cluster.Listings;
import dev.berth.cli.cluster.Refusals;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.console.ProgramAttachment;
import dev.berth.cli.console.SignalProxy;
import dev.berth.cli.logs.LogFollower;
import dev.berth.cli.logs.LogOptions;
import dev.berth.cli.logs.LogOutput;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import dev.berth.cli.verb.Settling;
import dev.berth.spec.Printable;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.StopWorkloadRequest;
import dev.berth.v1.Workload;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A program in the foreground: its progress, its output, its exit code, and its end on Ctrl-C.
final class ForegroundRun {
  private static final Duration LONG = Duration.ofDays(3650);
  /// The reason of a program that ended by itself; its code says it all.
  private static final String EXIT_CODE = "ExitCode";

  private static final Duration LAST_OUTPUT = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final Terminal terminal;
  private final Workload workload;
  private final Target target;
  private final boolean remove;
  private final Optional<ProgramAttachment> attachment;
  private final Interruption interruption;
  /// Whether its output was shown already.
  private boolean shown;

  /// @param workload as it was created
  /// @param remove deletes it at the end
  /// @param attachment connects this terminal to a program that takes input; empty: its output is
  ///     shown
  /// @param interruption what signals do
  ForegroundRun(
      Cluster cluster,
      Terminal terminal,
      Workload workload,
      boolean remove,
      Optional<ProgramAttachment> attachment,
      Interruption interruption) {
    this.cluster = cluster;
    this.terminal = terminal;
    this.workload = workload;
    this.target = new Target(workload.getName(), List.of());
    this.remove = remove;
    this.attachment = attachment;
    this.interruption = interruption;
  }

  /// Waits for the end of the program and answers its exit code. When nobody reads the output any
  /// more, the program is stopped, as a pipe would do it.
  int await() {
    Thread interrupted = Thread.ofPlatform().name("interrupted").unstarted(this::interrupted);
    Runtime.getRuntime().addShutdownHook(interrupted);
    Context.CancellableContext watching = Context.current().withCancellation();
    LogOutput output = new LogOutput(terminal, () -> watching.cancel(null));
    try (SignalProxy _ =
        interruption == Interruption.PROXY
            ? SignalProxy.to(terminal, new RunSignals(cluster, terminal, target)::send)
            : SignalProxy.none()) {
      if (attachment.isPresent() && watching.call(() -> stay(attachment.get()))) {
        leave(interrupted);
        terminal.say("\nleft " + workload.getName() + "; it goes on");
        return ExitCode.OK;
      }
      Ending ending = watching.call(() -> follow(output));
      leave(interrupted);
      if (remove) {
        delete();
      }
      return ending.exitCode();
    } catch (StatusRuntimeException e) {
      leave(interrupted);
      if (!output.isClosed()) {
        throw e;
      }
      stop();
      return ExitCode.CLOSED_PIPE;
    } catch (FailureException e) {
      leave(interrupted);
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("a watch fails with nothing else", e);
    } finally {
      watching.cancel(null);
    }
  }

  /// Attaches as soon as it runs. A program that has ended before that has written all to its logs.
  ///
  /// @return true when the user left it running
  private boolean stay(ProgramAttachment to) throws InterruptedException {
    RunProgress progress = new RunProgress(terminal);
    AtomicReference<@Nullable Instance> runs = new AtomicReference<>();
    boolean _ =
        new InstanceWatch(cluster, target)
            .until(
                LONG,
                state -> {
                  progress.show(state.values());
                  state.values().stream().filter(ForegroundRun::isRunning).forEach(runs::set);
                  return runs.get() != null || state.values().stream().anyMatch(Listings::isFinal);
                });
    progress.end();
    Instance running = runs.get();
    if (running == null) {
      return false;
    }
    try {
      boolean left =
          to.attach(running.getId(), new ProgramAttachment.Manner(true, false, false)).left();
      shown = true;
      return left;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.FAILED_PRECONDITION) {
        return false;
      }
      throw e;
    }
  }

  private static boolean isRunning(Instance instance) {
    return instance.getStatus().getState() == InstanceState.INSTANCE_STATE_RUNNING;
  }

  private Ending follow(LogOutput output) {
    boolean several = workload.getSpec().getReplicas() > 1;
    LogFollower follower = new LogFollower(cluster, output, LogOptions.LIVE, several);
    RunProgress progress = new RunProgress(terminal);
    Ending ending =
        new EndingWait(cluster, target, workload)
            .await(
                LONG,
                instances -> {
                  progress.show(instances);
                  if (!shown) {
                    follower.observe(instances);
                  }
                });
    follower.awaitEnd(LAST_OUTPUT);
    progress.end();
    ending.last().forEach(this::explain);
    return ending;
  }

  /// Says why a program did not end by itself.
  private void explain(Instance instance) {
    InstanceStatus status = instance.getStatus();
    boolean own =
        status.hasExitCode()
            && (status.getReason().isEmpty() || status.getReason().equals(EXIT_CODE));
    if (!own && !(status.getReason() + status.getMessage()).isEmpty()) {
      terminal.say(
          "berth: "
              + Printable.escape(
                  instance.getName() + ": " + status.getReason() + ": " + status.getMessage()));
    }
  }

  /// Ctrl-C that is not the program's: the process ends with 130 by itself when this returns.
  private void interrupted() {
    if (interruption != Interruption.LEAVE) {
      stop();
      return;
    }
    String name = workload.getName();
    terminal.say(
        "berth: left "
            + name
            + "; it goes on"
            + (remove ? ", and is not removed when it ends" : "")
            + ". `berth attach "
            + name
            + "` goes back to it, `berth stop "
            + name
            + "` stops it");
  }

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
