package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.RunningInstances;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Signals;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `berth kill`.
@Command(
    description = "Sends a signal to what runs: KILL unless given.",
    footer = {
      "A container's first process gets it, a process's program; KILL ends all that they started.",
      "KILL turns a virtual machine off at once; no other signal can be sent to one.",
      "An end is an end: the restart policy may start it again. `berth stop` keeps it down."
    })
public final class KillCommand extends SlotsVerb {
  @Option(
      names = {"-s", "--signal"},
      paramLabel = "SIGNAL",
      description = "A name such as HUP or SIGUSR1, or a number.")
  private String signal = "KILL";

  /// @param terminal where it reads and writes
  public KillCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    super.checkUsage();
    try {
      var _ = Signals.number(signal);
    } catch (IllegalArgumentException e) {
      throw FailureException.usage("--signal: " + e.getMessage());
    }
  }

  @Override
  void one(Cluster cluster, Target target) {
    // A kill is what ends the grace of a stop.
    RunningInstances.orStopping(cluster, target).signal(cluster, signal);
  }
}
