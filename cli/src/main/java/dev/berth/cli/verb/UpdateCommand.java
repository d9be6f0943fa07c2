package dev.berth.cli.verb;

import com.google.protobuf.FieldMask;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.spec.Quantity;
import dev.berth.v1.Resources;
import dev.berth.v1.UpdateWorkloadRequest;
import dev.berth.v1.Workload;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `berth update`.
@Command(
    description = "Gives workloads other CPUs and memory, one slot after another.",
    footer = {
      "What runs gets them where it is, if its node has the room: a container at once, a virtual"
          + " machine at once as far as it can and else by a restart with its disks.",
      "Where there is no room, a new instance takes its place. Prints each name when all have them."
    })
public final class UpdateCommand extends SlotsVerb {
  private static final int LIMIT_SECONDS = 600;

  @Option(
      names = {"-m", "--memory"},
      paramLabel = "SIZE",
      description = "Memory requested and enforced, such as 256m or 2Gi.")
  private String memory = "";

  @Option(
      names = "--cpus",
      paramLabel = "N",
      description = "CPUs requested and enforced, such as 0.5 or 500m.")
  private String cpus = "";

  @Option(names = "--no-wait", description = "Does not wait until all slots have them.")
  private boolean noWait;

  /// @param terminal where it reads and writes
  public UpdateCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    super.checkUsage();
    if (memory.isEmpty() && cpus.isEmpty()) {
      throw FailureException.usage("nothing to change (expected: -m or --cpus)");
    }
    var _ = resources();
  }

  private Resources resources() {
    return Resources.newBuilder()
        .setCpuMillis(read("--cpus", cpus, Quantity::parseCpuMillis))
        .setMemoryBytes(read("-m", memory, Quantity::parseMemoryBytes))
        .build();
  }

  private static long read(String option, String text, ToLongFunction<String> parser) {
    try {
      return text.isEmpty() ? 0 : parser.applyAsLong(text);
    } catch (IllegalArgumentException e) {
      throw FailureException.usage(
          option + ": " + Printable.escape(String.valueOf(e.getMessage())));
    }
  }

  @Override
  void one(Cluster cluster, Target target) {
    if (!target.isWhole()) {
      throw FailureException.usage(
          "value: " + target + " (expected: a workload: all its slots are alike)");
    }
    FieldMask.Builder mask = FieldMask.newBuilder();
    if (!cpus.isEmpty()) {
      mask.addPaths("spec.resources.cpu_millis");
    }
    if (!memory.isEmpty()) {
      mask.addPaths("spec.resources.memory_bytes");
    }
    Workload.Builder wanted =
        Workload.newBuilder().setNamespace(cluster.namespace()).setName(target.workload());
    wanted.getSpecBuilder().setResources(resources());
    Workload updated =
        cluster
            .workloads()
            .updateWorkload(
                UpdateWorkloadRequest.newBuilder().setWorkload(wanted).setUpdateMask(mask).build());
    if (!noWait && !updated.getStopped()) {
      new Settling(cluster, target).awaitRunning(updated, false, LIMIT_SECONDS, terminal()::say);
    }
  }
}
