package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Listings;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.term.TextFormat;
import dev.berth.spec.Names;
import dev.berth.spec.SlotName;
import dev.berth.v1.GetInstanceRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth boot`.
@Command(
    description = "Shows how an instance started: each phase, when it began and how long it took.",
    footer = {
      "Times are seconds since the instance was placed on its node, or since it was created when it"
          + " was started again there; clocks of hosts may differ. ~ marks what nobody saw but what"
          + " follows from something else. Sources: the controller, the agent, the runtime (docker"
          + " or libvirt), the serial console, the guest agent, the health check.",
      "With -f, ends with 0 when the instance is ready or has completed, and with 1 when it has"
          + " ended otherwise."
    })
public final class BootCommand extends ClusterVerb {
  @Parameters(
      paramLabel = "INSTANCE",
      description = "A slot (db.1), an id, or a workload that has one slot.")
  private String name = "";

  @Option(
      names = {"-f", "--follow"},
      description = "Goes on until the instance is ready or has ended.")
  private boolean follow;

  @Option(
      names = {"-v", "--verbose"},
      description = "Also shows what was seen: the line of the console.")
  private boolean verbose;

  @Mixin private final TextFormat format = new TextFormat();

  /// @param terminal where it reads and writes
  public BootCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    format.check();
    Target.requireGrammar(name);
  }

  @Override
  protected int run(Cluster cluster) {
    Instance instance = find(cluster);
    BootText text = new BootText(terminal().columns(), verbose);
    if (!follow) {
      print(instance, text);
      return ExitCode.OK;
    }
    boolean silent = !format.isText();
    Instance last = new BootFollower(terminal(), text, instance, silent).follow(cluster);
    if (silent) {
      print(last, text);
    }
    boolean good =
        BootTimeline.of(last).isReady()
            || last.getStatus().getState() == InstanceState.INSTANCE_STATE_COMPLETE;
    if (!good) {
      terminal().flush();
      throw new FailureException(
          ExitCode.FAILURE,
          last.getName()
              + " ended before it was ready: "
              + new InstanceText(Instant.now()).state(last));
    }
    return ExitCode.OK;
  }

  private void print(Instance instance, BootText text) {
    format.print(
        terminal(), BootTimeline.of(instance).phases(), () -> text.whole(instance, Instant.now()));
  }

  private Instance find(Cluster cluster) {
    if (SlotName.parse(name) == null && Names.workloadProblem(name) == null) {
      List<Instance> all = Listings.ofWorkload(cluster, name).getInstancesList();
      long slots = all.stream().mapToInt(Instance::getSlot).distinct().count();
      if (slots > 1) {
        throw FailureException.usage(
            name + " has " + slots + " slots; say which, such as " + all.getFirst().getName());
      }
      if (slots == 1) {
        return all.getFirst();
      }
    }
    return cluster
        .instances()
        .getInstance(
            GetInstanceRequest.newBuilder()
                .setNamespace(cluster.namespace())
                .setInstance(name)
                .build());
  }
}
