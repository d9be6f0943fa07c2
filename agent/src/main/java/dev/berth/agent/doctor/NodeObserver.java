package dev.berth.agent.doctor;

import dev.berth.agent.forwarding.Forwarding;
import dev.berth.agent.port.HostCommands;
import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import dev.berth.v1.NodeDescription;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Reads what checks look at. Nothing is changed, and what cannot be read is left out.
final class NodeObserver {
  private final Supplier<NodeDescription> facts;
  private final Forwarding forwarding;
  private final HostCommands commands;
  private final NodeExaminer.Place place;

  NodeObserver(
      Supplier<NodeDescription> facts,
      Forwarding forwarding,
      HostCommands commands,
      NodeExaminer.Place place) {
    this.facts = facts;
    this.forwarding = forwarding;
    this.commands = commands;
    this.place = place;
  }

  /// @param clockLead how far this host's clock was ahead of the controller's when it asked
  Observations look(Duration clockLead) throws InterruptedException {
    NodeDescription node = facts.get();
    return new Observations(
        node,
        clockLead,
        socket(place.docker()),
        forwarding.look(),
        new Observations.Kernel(
            text("/proc/sys/net/ipv4/ip_forward"),
            text("/proc/sys/net/bridge/bridge-nf-call-iptables"),
            text("/proc/self/limits"),
            text("/proc/sys/fs/file-nr")),
        spaces(node),
        System.getProperty("user.name", "root"));
  }

  private static Observations.Socket socket(URI docker) {
    Path path = Path.of(docker.getPath());
    return new Observations.Socket(
        path.toString(), Files.exists(path), Files.isReadable(path) && Files.isWritable(path));
  }

  private static Optional<String> text(String file) {
    try {
      return Optional.of(Files.readString(Path.of(file)).strip());
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private List<Observations.Space> spaces(NodeDescription node) throws InterruptedException {
    List<Observations.Space> spaces = new ArrayList<>();
    spaces.add(space("the agent's state", place.dataDir().toString()));
    for (Layer layer : node.getLayersList()) {
      String root = layer.getAttributesOrDefault("root_directory", "");
      if (layer.getKind() == LayerKind.LAYER_KIND_CONTAINER_RUNTIME && !root.isEmpty()) {
        spaces.add(space("Docker's root", root));
      }
    }
    return spaces;
  }

  private Observations.Space space(String what, String path) throws InterruptedException {
    return new Observations.Space(what, path, df("-k", path), df("-i", path));
  }

  private Optional<String> df(String unit, String path) throws InterruptedException {
    try {
      HostCommands.Output output = commands.run(List.of("df", "-P", unit, "--", path));
      return output.isGood() ? Optional.of(output.text()) : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
