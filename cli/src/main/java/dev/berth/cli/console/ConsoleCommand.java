package dev.berth.cli.console;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.OneInstance;
import dev.berth.cli.cluster.Refusals;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.OpenConsole;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth console`.
@Command(
    description = "Attaches this terminal to the serial console of a virtual machine.",
    footer = {
      "Ctrl-] leaves; the machine goes on. Every other key, Ctrl-C too, goes to the machine. One at"
          + " a time is attached.",
      "When stdin is no terminal it is sent as it is, and output goes on after its end:",
      "  printf 'root\\n' | berth console guest"
    })
public final class ConsoleCommand extends ClusterVerb {
  /// As in telnet and virsh.
  private static final String LEAVES = "ctrl-]";

  private static final Duration SILENCE = Duration.ofSeconds(2);

  @Option(names = "--force", description = "Takes the console over from whoever is attached.")
  private boolean force;

  @Parameters(
      index = "0",
      paramLabel = "INSTANCE",
      description = "Slot or id, or a workload that has one slot.")
  private String name = "";

  /// @param terminal where it reads and writes
  public ConsoleCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    Target.requireGrammar(name);
  }

  @Override
  protected int run(Cluster cluster) {
    OpenConsole wanted =
        OpenConsole.newBuilder()
            .setNamespace(cluster.namespace())
            .setInstance(OneInstance.find(cluster, name))
            .setForce(force)
            .build();
    try (var stream = ConsoleStream.open(cluster.exec(), wanted)) {
      String slot = stream.awaitOpened().getOpened().getName();
      boolean typed = terminal().inIsTerminal();
      terminal().say("attached to " + slot + (typed ? "; leave with Ctrl-]" : ""));
      boolean ended;
      try {
        ended = session(stream).run(true, true);
      } catch (StatusRuntimeException e) {
        throw new FailureException(ExitCode.FAILURE, brokenOff(slot, e, cluster), e);
      }
      String how = ended ? slot + " has ended" : "left " + slot + "; it goes on";
      // What the machine wrote last may have ended in the middle of a line.
      terminal().say(typed ? "\n" + how : how);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailureException(ExitCode.FAILURE, "interrupted", e);
    }
    return ExitCode.OK;
  }

  private TerminalSession session(Remote console) {
    // Nothing ends a line by itself on a raw terminal.
    return new TerminalSession(terminal(), console, DetachKeys.parse(LEAVES))
        .whenSilent(SILENCE, () -> terminal().say("(it says nothing: press Enter)\r"));
  }

  private static String brokenOff(String slot, StatusRuntimeException e, Cluster cluster) {
    return "the console of " + slot + " broke off: " + Refusals.describeBreak(e, cluster);
  }
}
