package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.OneInstance;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Table;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.ListProcessesRequest;
import dev.berth.v1.ListProcessesResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `berth top`.
@Command(
    description = "Shows the processes in a container or of a process, by the node's numbers.",
    footer = {
      "Options of ps may follow the name: `berth top web.1 -o pid,pcpu,args`. Their columns must",
      "hold PID. Of a virtual machine only its own kernel knows: see `berth console`."
    })
public final class TopCommand extends ClusterVerb {
  @Option(names = "--no-trunc", description = "Cuts nothing off.")
  private boolean noTrunc;

  @Parameters(index = "0", paramLabel = "NAME", description = "A workload with one slot, slot, id.")
  private String name = "";

  @Parameters(index = "1..*", paramLabel = "PS OPTION", description = "Options for the node's ps.")
  private List<String> options = new ArrayList<>();

  /// @param terminal where it reads and writes
  public TopCommand(Terminal terminal) {
    super(terminal);
  }

  /// What follows the name is for ps.
  @Spec
  void endOptionsAtName(CommandSpec spec) {
    spec.parser().stopAtPositional(true);
  }

  @Override
  protected void checkUsage() {
    Target.requireGrammar(name);
  }

  @Override
  protected int run(Cluster cluster) {
    Iterator<ListProcessesResponse> answer =
        cluster
            .instances()
            .listProcesses(
                ListProcessesRequest.newBuilder()
                    .setNamespace(cluster.namespace())
                    .setInstance(OneInstance.find(cluster, name))
                    .addAllPsOptions(options)
                    .build());
    if (!answer.hasNext()) {
      throw new FailureException(ExitCode.FAILURE, "the node did not say what runs; repeat it");
    }
    ListProcessesResponse first = answer.next();
    Table table = new Table(first.getTitlesList());
    first.getRowsList().forEach(row -> table.row(row.getCellsList()));
    answer.forEachRemaining(
        more -> more.getRowsList().forEach(row -> table.row(row.getCellsList())));
    table.print(terminal(), noTrunc);
    return ExitCode.OK;
  }
}
