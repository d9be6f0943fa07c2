package dev.berth.cli.verb;

import com.google.protobuf.Duration;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Refusals;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Durations;
import dev.berth.spec.Printable;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;

/// A verb that does the same to several workloads or slots: goes on after a failure, prints the
/// names of those that worked, and fails when one did.
abstract class SlotsVerb extends ClusterVerb {
  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Workloads, slots or ids.")
  private List<String> names = new ArrayList<>();

  SlotsVerb(Terminal terminal) {
    super(terminal);
  }

  /// Does it to one.
  abstract void one(Cluster cluster, Target target);

  @Override
  protected void checkUsage() {
    names.forEach(Target::requireGrammar);
  }

  @Override
  protected final int run(Cluster cluster) {
    int exitCode = 0;
    for (String name : names) {
      try {
        one(cluster, Target.resolve(cluster, name));
        terminal().out().println(name);
        terminal().flush();
      } catch (StatusRuntimeException e) {
        Complaint.say(terminal(), name, Refusals.describe(e, cluster));
        exitCode = 1;
      } catch (FailureException e) {
        Complaint.say(terminal(), name, String.valueOf(e.getMessage()));
        exitCode = 1;
      }
    }
    return exitCode;
  }

  /// A grace in whole seconds, as with docker, or with a unit.
  ///
  /// @throws FailureException with exit code 2
  static Duration grace(String option, String text) {
    try {
      boolean seconds = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
      return Durations.toProto(Durations.parse(seconds ? text + "s" : text));
    } catch (IllegalArgumentException e) {
      throw FailureException.usage(
          option + ": " + Printable.escape(String.valueOf(e.getMessage())));
    }
  }
}
