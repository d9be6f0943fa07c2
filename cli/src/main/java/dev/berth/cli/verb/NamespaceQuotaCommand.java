package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.GetNamespaceRequest;
import dev.berth.v1.Namespace;
import dev.berth.v1.Quota;
import dev.berth.v1.UpdateNamespaceRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `berth ns quota`.
@Command(
    description = "Changes what the instances of a namespace may reserve together.",
    footer = {
      "What is not given stays as it is; none takes a limit away. Nothing that runs is stopped:",
      "instances beyond the quota wait."
    })
public final class NamespaceQuotaCommand extends ClusterVerb {
  private static final int TRIES = 5;

  @Parameters(index = "0", paramLabel = "NAME", description = "The namespace.")
  private String name = "";

  @Mixin private final QuotaOptions quota = new QuotaOptions();

  /// @param terminal where it reads and writes
  public NamespaceQuotaCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    NamespaceRmCommand.requireGrammar(name);
    if (quota.isEmpty()) {
      throw FailureException.usage("nothing to change (expected: --cpu, --memory or --instances)");
    }
    var _ = quota.applyTo(Quota.getDefaultInstance());
  }

  @Override
  protected int run(Cluster cluster) {
    for (int left = TRIES; ; left--) {
      try {
        update(cluster);
        terminal().out().println(name);
        return 0;
      } catch (StatusRuntimeException e) {
        // Someone else changed it between the look and the change: look again.
        if (e.getStatus().getCode() != Status.Code.ABORTED || left == 1) {
          throw e;
        }
      }
    }
  }

  private void update(Cluster cluster) {
    Namespace present =
        cluster.namespaces().getNamespace(GetNamespaceRequest.newBuilder().setName(name).build());
    Namespace.Builder wanted = Namespace.newBuilder().setName(name).setEtag(present.getEtag());
    Quota changed = quota.applyTo(present.getQuota());
    if (!changed.equals(Quota.getDefaultInstance())) {
      wanted.setQuota(changed);
    }
    var _ =
        cluster
            .namespaces()
            .updateNamespace(UpdateNamespaceRequest.newBuilder().setNamespace(wanted).build());
  }
}
