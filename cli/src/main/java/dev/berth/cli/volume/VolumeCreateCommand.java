package dev.berth.cli.volume;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.NodeAnswer;
import dev.berth.cli.verb.NodeObjectCreation;
import dev.berth.spec.Violation;
import dev.berth.spec.VolumeRules;
import dev.berth.v1.CreateVolumeRequest;
import dev.berth.v1.VolumeSpec;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
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
public final class VolumeCreateCommand extends NodeObjectCreation {
  private static final int NAME_BYTES = 16;

  /// As newer daemons mark what they named themselves.
  private static final Map<String, String> ANONYMOUS = Map.of("com.docker.volume.anonymous", "");

  @Option(
      names = {"-d", "--driver"},
      paramLabel = "DRIVER",
      description = "What keeps it; local unless given.")
  private String driver = "";

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "Its name; any unless given.")
  private String name = "";

  /// @param terminal where it reads and writes
  public VolumeCreateCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected List<Violation> violations() {
    return VolumeRules.validate(wanted(name.isEmpty() ? "any" : name));
  }

  private VolumeSpec wanted(String called) {
    return VolumeSpec.newBuilder()
        .setName(called)
        .setDriver(driver)
        .putAllOptions(options())
        .putAllLabels(labels())
        .putAllLabels(name.isEmpty() ? ANONYMOUS : Map.of())
        .build();
  }

  @Override
  protected String create(Cluster cluster, List<String> on, Consumer<NodeAnswer> each) {
    // The same on all nodes, so that a workload can mount it wherever it runs.
    VolumeSpec wanted = wanted(name.isEmpty() ? generated() : name);
    cluster
        .volumes()
        .createVolume(CreateVolumeRequest.newBuilder().setVolume(wanted).addAllNodes(on).build())
        .forEachRemaining(said -> each.accept(VolumeAnswer.of(said)));
    return wanted.getName();
  }

  private static String generated() {
    byte[] bytes = new byte[NAME_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
