package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Refusals;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.registry.PinnedImages;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.client.stack.StackFile;
import dev.berth.client.stack.StackWorkload;
import dev.berth.spec.Printable;
import dev.berth.spec.WorkloadDefaults;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.GetWorkloadRequest;
import dev.berth.v1.UpdateWorkloadRequest;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `berth apply`.
@Command(description = "Creates or changes the workloads of a stack file.")
public final class ApplyCommand extends ClusterVerb {
  private static final int TRIES = 5;

  @Mixin private final StackArgument file = new StackArgument();

  @Option(names = "--wait", description = "Waits until all of it runs.")
  private boolean wait;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "How long --wait waits at most, such as 90s; 5m unless given.")
  private String timeout = "5m";

  @Option(
      names = "--resolve-image",
      paramLabel = "always|never",
      description =
          "Whether tags of images are resolved to digests now, so that all replicas run the same;"
              + " always unless given.")
  private String resolve = "always";

  /// @param terminal where it reads and writes
  public ApplyCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    var _ = SlotsVerb.grace("--timeout", timeout);
    var _ = file.read(terminal());
    if (!resolve.equals("always") && !resolve.equals("never")) {
      throw FailureException.usage(
          "--resolve-image: value: " + Printable.quote(resolve) + " (expected: always or never)");
    }
  }

  @Override
  protected int run(Cluster cluster) {
    StackFile stack = file.read(terminal());
    PinnedImages images = new PinnedImages(cluster, terminal());
    List<Workload> applied = new ArrayList<>();
    int exitCode = 0;
    for (StackWorkload wanted : stack.workloads()) {
      try {
        applied.add(apply(cluster, wanted, images));
      } catch (StatusRuntimeException e) {
        Complaint.say(terminal(), wanted.name(), Refusals.describe(e, cluster));
        exitCode = 1;
      }
    }
    if (wait) {
      long seconds = SlotsVerb.grace("--timeout", timeout).getSeconds();
      for (Workload workload : applied) {
        terminal().say(workload.getName() + ": waiting until it runs");
        new Settling(cluster, new Target(workload.getName(), List.of()))
            .awaitRunning(workload, false, seconds, terminal()::say);
      }
    }
    return exitCode;
  }

  private Workload apply(Cluster cluster, StackWorkload wanted, PinnedImages images) {
    String requestId = UUID.randomUUID().toString();
    for (int left = TRIES; ; left--) {
      try {
        return once(cluster, wanted, images, requestId);
      } catch (StatusRuntimeException e) {
        Status.Code code = e.getStatus().getCode();
        // Someone else changed it between the look and the change: look again.
        boolean raced = code == Status.Code.ABORTED || code == Status.Code.ALREADY_EXISTS;
        if (!raced || left == 1) {
          throw e;
        }
      }
    }
  }

  private Workload once(
      Cluster cluster, StackWorkload wanted, PinnedImages images, String requestId) {
    Workload present = get(cluster, wanted.name());
    WorkloadSpec before = present == null ? WorkloadSpec.getDefaultInstance() : present.getSpec();
    WorkloadSpec spec = resolve.equals("never") ? wanted.spec() : images.pin(wanted.spec(), before);
    Workload.Builder desired =
        Workload.newBuilder()
            .setNamespace(cluster.namespace())
            .setName(wanted.name())
            .setSpec(spec);
    if (present == null) {
      CreateWorkloadRequest request =
          CreateWorkloadRequest.newBuilder().setWorkload(desired).setRequestId(requestId).build();
      return said("created", cluster.workloads().createWorkload(request));
    }
    if (present.getDeleting()) {
      throw new FailureException(1, wanted.name() + " is being deleted; try again when it is gone");
    }
    if (WorkloadDefaults.fill(present.getSpec()).equals(WorkloadDefaults.fill(spec))) {
      return said("unchanged", present);
    }
    UpdateWorkloadRequest request =
        UpdateWorkloadRequest.newBuilder().setWorkload(desired.setEtag(present.getEtag())).build();
    return said("configured", cluster.workloads().updateWorkload(request));
  }

  private Workload said(String what, Workload workload) {
    terminal().out().println(workload.getName() + " " + what);
    terminal().flush();
    return workload;
  }

  private static @Nullable Workload get(Cluster cluster, String name) {
    try {
      return cluster
          .workloads()
          .getWorkload(
              GetWorkloadRequest.newBuilder()
                  .setNamespace(cluster.namespace())
                  .setName(name)
                  .build());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }
}
