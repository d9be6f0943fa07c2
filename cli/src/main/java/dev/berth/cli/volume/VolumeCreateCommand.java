package dev.berth.cli.volume;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.NodeChoice;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.PairArguments;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.NodeOutcomes;
import dev.berth.spec.Printable;
import dev.berth.spec.Violation;
import dev.berth.spec.VolumeRules;
import dev.berth.v1.CreateVolumeRequest;
import dev.berth.v1.NodeVolume;
import dev.berth.v1.VolumeSpec;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth volume create`.
@Command(
    description = {
      "Makes a volume of this name on all nodes that run containers, or on those of --node, and"
          + " prints the name.",
      "Each node's volume is its own: what is written on one node is not on the others, unless the"
          + " driver's options lead to one place."
    },
    footer = {
      "A node makes a volume that a workload mounts by itself; this is for drivers, options and"
          + " labels.",
      "  berth volume create -o type=nfs -o o=addr=10.0.0.5,rw -o device=:/exports/shop shop"
    })
public final class VolumeCreateCommand extends ClusterVerb {
  private static final int NAME_BYTES = 16;

  /// As newer daemons mark what they named themselves.
  private static final Map<String, String> ANONYMOUS = Map.of("com.docker.volume.anonymous", "");

  @Option(
      names = {"-d", "--driver"},
      paramLabel = "DRIVER",
      description = "What keeps it; local unless given.")
  private String driver = "";

  @Option(
      names = {"-o", "--opt"},
      paramLabel = "KEY=VALUE",
      description = "Option for the driver; may be given several times.")
  private List<String> options = new ArrayList<>();

  @Option(
      names = "--label",
      paramLabel = "KEY[=VALUE]",
      description = "Label; may be given several times.")
  private List<String> labels = new ArrayList<>();

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "Its name; any unless given.")
  private String name = "";

  @Mixin private final NodeChoice nodes = new NodeChoice();

  /// @param terminal where it reads and writes
  public VolumeCreateCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    nodes.check();
    List<Violation> violations = VolumeRules.validate(wanted(name.isEmpty() ? "any" : name));
    if (!violations.isEmpty()) {
      throw FailureException.usage(violations.getFirst().toString());
    }
  }

  private VolumeSpec wanted(String called) {
    return VolumeSpec.newBuilder()
        .setName(called)
        .setDriver(driver)
        .putAllOptions(PairArguments.required("--opt", options))
        .putAllLabels(PairArguments.labels("--label", labels))
        .putAllLabels(name.isEmpty() ? ANONYMOUS : Map.of())
        .build();
  }

  @Override
  protected int run(Cluster cluster) {
    // The same on all nodes, so that a workload can mount it wherever it runs.
    VolumeSpec wanted = wanted(name.isEmpty() ? generated() : name);
    NodeOutcomes outcomes = new NodeOutcomes();
    Iterator<NodeVolume> answers =
        cluster
            .volumes()
            .createVolume(
                CreateVolumeRequest.newBuilder()
                    .setVolume(wanted)
                    .addAllNodes(nodes.names())
                    .build());
    while (answers.hasNext()) {
      NodeVolume answer = answers.next();
      if (answer.hasFailure()) {
        outcomes.failed(answer.getNode(), answer.getFailure());
      } else {
        outcomes.done(answer.getNode());
      }
    }
    if (outcomes.isDone()) {
      terminal().out().println(Printable.escape(wanted.getName()));
    }
    return outcomes.complain(terminal());
  }

  private static String generated() {
    byte[] bytes = new byte[NAME_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
