package dev.berth.cli.cluster;

import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.client.context.ContextException;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/// A verb that speaks to a cluster. Its answer is the exit code; what goes wrong on the way becomes
/// a message for people.
public abstract class ClusterVerb implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final ClusterOptions options = new ClusterOptions();

  /// @param terminal where it reads and writes
  protected ClusterVerb(Terminal terminal) {
    this.terminal = terminal;
    Prelude.begin();
  }

  @Override
  public final Integer call() {
    checkUsage();
    try (Cluster cluster = options.open(terminal)) {
      try {
        int exitCode = run(cluster);
        terminal.flush();
        return exitCode;
      } catch (StatusRuntimeException e) {
        throw new FailureException(failureCode(), Refusals.describe(e, cluster), e);
      }
    } catch (ContextException | IOException e) {
      throw new FailureException(failureCode(), String.valueOf(e.getMessage()), e);
    }
  }

  /// Does what was asked and answers the exit code.
  protected abstract int run(Cluster cluster) throws IOException;

  /// Checks what can be checked without a cluster.
  ///
  /// @throws FailureException with exit code 2 for wrong usage
  protected void checkUsage() {}

  /// The exit code when Berth itself fails: 1, or 125 for verbs that pass a program's code.
  protected int failureCode() {
    return ExitCode.FAILURE;
  }

  /// Where the verb reads and writes.
  protected final Terminal terminal() {
    return terminal;
  }
}
