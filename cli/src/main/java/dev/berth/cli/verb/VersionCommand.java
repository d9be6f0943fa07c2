package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterOptions;
import dev.berth.cli.cluster.Refusals;
import dev.berth.cli.term.Terminal;
import dev.berth.client.context.ContextException;
import dev.berth.spec.Printable;
import dev.berth.v1.GetClusterRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `berth version`.
@Command(description = "Shows the versions of the command and of the cluster, if one answers.")
public final class VersionCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(names = "--client", description = "Asks no cluster.")
  private boolean clientOnly;

  @Mixin private final ClusterOptions options = new ClusterOptions();

  /// @param terminal where it reads and writes
  public VersionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    @Nullable String version = VersionCommand.class.getPackage().getImplementationVersion();
    terminal.out().println("berth " + (version == null ? "(not packaged)" : version));
    if (clientOnly) {
      return 0;
    }
    try (Cluster cluster = options.open(terminal)) {
      try {
        var found =
            cluster
                .admin()
                .withDeadlineAfter(5, TimeUnit.SECONDS)
                .getCluster(GetClusterRequest.getDefaultInstance());
        terminal
            .out()
            .println(
                Printable.escape(
                    "cluster "
                        + found.getUid()
                        + ": controller "
                        + found.getVersion()
                        + ", epoch "
                        + found.getEpoch()));
      } catch (StatusRuntimeException e) {
        terminal.say("berth: " + Refusals.describe(e, cluster));
      }
    } catch (ContextException | IOException e) {
      terminal.say("berth: " + e.getMessage());
    }
    return 0;
  }
}
