package dev.berth.cli.vm;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.OneInstance;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Names;
import dev.berth.v1.VmSnapshot;
import java.util.Iterator;
import java.util.function.Function;
import picocli.CommandLine.Parameters;

/// A verb about the snapshots of one machine.
abstract class MachineSnapshotVerb extends ClusterVerb {
  @Parameters(
      index = "0",
      paramLabel = "INSTANCE",
      description = "Slot or id, or a workload that has one slot.")
  private String instance = "";

  /// @param terminal where it reads and writes
  MachineSnapshotVerb(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    Target.requireGrammar(instance);
  }

  /// The instance as it is asked for.
  final String instance(Cluster cluster) {
    return OneInstance.find(cluster, instance);
  }

  /// @throws FailureException with exit code 2 for what can be no snapshot's name
  static void requireGrammar(String snapshot) {
    String problem = Names.snapshotProblem(snapshot);
    if (problem != null) {
      throw FailureException.usage("snapshot: " + problem);
    }
  }

  /// The one snapshot that a call answers.
  ///
  /// @throws FailureException when it answers none
  static <A> VmSnapshot only(Iterator<A> answers, Function<A, VmSnapshot> view) {
    if (!answers.hasNext()) {
      throw new FailureException(
          ExitCode.FAILURE,
          "the controller did not say whether it was done: see 'berth vm snapshot ls'");
    }
    return view.apply(answers.next());
  }
}
