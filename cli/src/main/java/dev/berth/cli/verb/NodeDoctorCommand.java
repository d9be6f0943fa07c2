package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.term.TextFormat;
import dev.berth.spec.Printable;
import dev.berth.v1.ExamineNodesRequest;
import dev.berth.v1.ExamineNodesResponse;
import dev.berth.v1.FindingVerdict;
import dev.berth.v1.NodeExamination;
import dev.berth.v1.NodeMend;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth node doctor`.
@Command(
    description =
        "Looks on nodes for what commonly breaks: runtimes that do not answer, packet filters that"
            + " Docker and libvirt quarrel over, cgroups, KVM, clocks, disks and open files; and"
            + " says how to mend it.",
    footer = "Exit code 1 when there is a PROBLEM, or a node could not be asked.")
public final class NodeDoctorCommand extends ClusterVerb {
  @Parameters(
      arity = "0..*",
      paramLabel = "NODE",
      description = "Nodes; all that are ready, unless given.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--fix",
      description =
          "Mends what can be mended safely: rules that let packets of machines through, and"
              + " forwarding between networks. Says what it ran.")
  private boolean fix;

  @Mixin private final TextFormat format = new TextFormat();

  /// @param terminal where it reads and writes
  public NodeDoctorCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    format.check();
    names.forEach(NodesVerb::requireGrammar);
  }

  @Override
  protected int run(Cluster cluster) {
    TreeMap<String, NodeExamination> found = new TreeMap<>();
    Iterator<ExamineNodesResponse> answers =
        cluster
            .nodeStreams()
            .examineNodes(ExamineNodesRequest.newBuilder().addAllNodes(names).setFix(fix).build());
    while (answers.hasNext()) {
      NodeExamination examination = answers.next().getExamination();
      found.put(examination.getNode(), examination);
    }
    List<NodeExamination> all = List.copyOf(found.values());
    format.print(terminal(), all, () -> DoctorText.of(all, terminal()));
    all.forEach(this::tell);
    return all.stream().anyMatch(NodeDoctorCommand::isBad) ? ExitCode.FAILURE : ExitCode.OK;
  }

  /// What was done goes where progress goes: what was found is the data.
  private void tell(NodeExamination node) {
    for (NodeMend mend : node.getMendsList()) {
      terminal()
          .say(
              Printable.escape(
                  "%s: ran %s%s"
                      .formatted(
                          node.getNode(),
                          mend.getCommand(),
                          mend.getSucceeded() ? "" : " (failed: " + mend.getOutput() + ")")));
    }
    if (node.hasFailure()) {
      Complaint.say(terminal(), node.getNode(), node.getFailure().getMessage());
    }
  }

  private static boolean isBad(NodeExamination node) {
    return node.hasFailure()
        || node.getFindingsList().stream()
            .anyMatch(finding -> finding.getVerdict() == FindingVerdict.FINDING_VERDICT_PROBLEM);
  }
}
