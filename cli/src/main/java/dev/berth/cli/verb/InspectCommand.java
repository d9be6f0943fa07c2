package dev.berth.cli.verb;

import com.google.protobuf.Message;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.SlotName;
import dev.berth.v1.GetInstanceRequest;
import dev.berth.v1.GetWorkloadRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `berth inspect`.
@Command(description = "Shows workloads (web), slots (web.2) and instances (by id) in full.")
public final class InspectCommand extends ClusterVerb {
  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Workloads, slots or ids.")
  private List<String> names = new ArrayList<>();

  @Mixin private final MessageFormat format = new MessageFormat();

  /// @param terminal where it reads and writes
  public InspectCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    format.check();
    names.forEach(Target::requireGrammar);
  }

  @Override
  protected int run(Cluster cluster) {
    List<Message> found = new ArrayList<>();
    for (String name : names) {
      found.add(one(cluster, name));
    }
    format.print(terminal(), found);
    return 0;
  }

  private static Message one(Cluster cluster, String name) {
    if (SlotName.parse(name) == null) {
      try {
        return cluster
            .workloads()
            .getWorkload(
                GetWorkloadRequest.newBuilder()
                    .setNamespace(cluster.namespace())
                    .setName(name)
                    .build());
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.NOT_FOUND || !Target.isIdPrefix(name)) {
          throw e;
        }
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
