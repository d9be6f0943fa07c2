package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.OneInstance;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.v1.GetInstanceRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.PortBinding;
import dev.berth.v1.PortProtocol;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `berth port`.
@Command(
    description = "Shows where the ports of an instance are on its node.",
    footer = "`berth ps` says which node that is.")
public final class PortCommand extends ClusterVerb {
  private static final Pattern PORT = Pattern.compile("([0-9]{1,5})(?:/(tcp|udp))?");

  @Parameters(index = "0", paramLabel = "NAME", description = "A workload with one slot, slot, id.")
  private String name = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PORT[/tcp|udp]",
      description = "Only of this port inside.")
  private String port = "";

  /// @param terminal where it reads and writes
  public PortCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    Target.requireGrammar(name);
    if (!port.isEmpty() && !PORT.matcher(port).matches()) {
      throw FailureException.usage(
          "port: value: " + Printable.quote(port) + " (expected: a port such as 80 or 53/udp)");
    }
  }

  @Override
  protected int run(Cluster cluster) {
    Instance instance =
        cluster
            .instances()
            .getInstance(
                GetInstanceRequest.newBuilder()
                    .setNamespace(cluster.namespace())
                    .setInstance(OneInstance.find(cluster, name))
                    .build());
    List<PortBinding> found = instance.getPortsList().stream().filter(this::isMeant).toList();
    if (found.isEmpty() && !port.isEmpty()) {
      throw new FailureException(
          ExitCode.FAILURE,
          "%s has no port %s\nsee berth port %s".formatted(instance.getName(), port, name));
    }
    for (PortBinding each : found) {
      String inside = port.isEmpty() ? each.getTarget() + "/" + protocol(each) + " -> " : "";
      terminal().out().println(Printable.escape(inside + InstanceText.outside(each)));
    }
    return ExitCode.OK;
  }

  private boolean isMeant(PortBinding binding) {
    Matcher wanted = PORT.matcher(port);
    if (!wanted.matches()) {
      return true;
    }
    // As docker has it, a port without a protocol is one of TCP.
    String protocol = wanted.group(2) == null ? "tcp" : wanted.group(2);
    return binding.getTarget() == Integer.parseInt(wanted.group(1))
        && protocol.equals(protocol(binding));
  }

  private static String protocol(PortBinding binding) {
    return binding.getProtocol() == PortProtocol.PORT_PROTOCOL_UDP ? "udp" : "tcp";
  }
}
