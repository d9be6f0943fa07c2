package dev.berth.cli.console;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.Refusals;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.v1.AttachOpened;
import dev.berth.v1.KillInstanceRequest;
import dev.berth.v1.OpenAttach;
import io.grpc.StatusRuntimeException;

/// Attaches this terminal to what an instance runs.
public final class ProgramAttachment {
  /// The keys that leave a program when nobody says others.
  public static final String DEFAULT_KEYS = DetachKeys.DEFAULT;

  private final Cluster cluster;
  private final Terminal terminal;
  private final DetachKeys keys;

  /// @param detachKeys as [#checkKeys] takes them
  public ProgramAttachment(Cluster cluster, Terminal terminal, String detachKeys) {
    this.cluster = cluster;
    this.terminal = terminal;
    this.keys = DetachKeys.parse(detachKeys);
  }

  /// Checks what a user wrote.
  ///
  /// @throws FailureException with exit code 2
  public static void checkKeys(String detachKeys) {
    var _ = DetachKeys.parse(detachKeys);
  }

  /// How it went.
  ///
  /// @param opened what was attached to
  /// @param left whether the user left it running; else its run has ended
  public record Outcome(AttachOpened opened, boolean left) {}

  /// How to attach.
  ///
  /// @param input whether there is input for it, if it takes any
  /// @param force takes a machine's console over
  /// @param signals whether the program gets the signals that come here. One that has a terminal
  ///     never does: it gets keys
  public record Manner(boolean input, boolean force, boolean signals) {}

  /// Stays attached until the program's run ends or the user leaves.
  ///
  /// @param instance a slot's name or an id
  /// @throws StatusRuntimeException when it cannot be attached to
  /// @throws FailureException when the stream breaks off
  public Outcome attach(String instance, Manner manner) throws InterruptedException {
    boolean input = manner.input();
    OpenAttach.Builder wanted =
        OpenAttach.newBuilder()
            .setNamespace(cluster.namespace())
            .setInstance(instance)
            .setInput(input)
            .setForce(manner.force());
    if (input && terminal.inIsTerminal()) {
      new WindowSize(Stty.ofProcess()).now().ifPresent(wanted::setSize);
    }
    try (var stream = AttachStream.open(cluster.exec(), wanted.build())) {
      AttachOpened opened = stream.awaitOpened().getOpened();
      boolean proxied = manner.signals() && !opened.getTerminal();
      try (SignalProxy _ =
          proxied ? SignalProxy.to(terminal, name -> send(name, opened)) : SignalProxy.none()) {
        boolean ended =
            new TerminalSession(terminal, stream, keys)
                .run(input && opened.getInput(), opened.getTerminal());
        return new Outcome(opened, !ended);
      } catch (StatusRuntimeException e) {
        throw new FailureException(ExitCode.FAILURE, brokenOff(opened.getName(), e), e);
      }
    }
  }

  private void send(String signal, AttachOpened to) {
    try {
      var _ =
          cluster
              .instances()
              .killInstance(
                  KillInstanceRequest.newBuilder()
                      .setNamespace(cluster.namespace())
                      .setInstance(to.getInstanceId())
                      .setSignal(signal)
                      .build())
              .hasNext();
    } catch (StatusRuntimeException e) {
      terminal.say(
          "berth: %s: it did not get %s: %s"
              .formatted(
                  Printable.escape(to.getName()),
                  signal,
                  Printable.escape(Refusals.describe(e, cluster))));
    }
  }

  private String brokenOff(String slot, StatusRuntimeException e) {
    return "the stream from " + slot + " broke off: " + Refusals.describeBreak(e, cluster);
  }
}
