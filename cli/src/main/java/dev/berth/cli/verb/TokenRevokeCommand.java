package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Refusals;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.v1.RevokeTokenRequest;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `berth token revoke`.
@Command(description = "Revokes join tokens; nodes that have joined stay.")
public final class TokenRevokeCommand extends ClusterVerb {
  @Parameters(arity = "1..*", paramLabel = "ID", description = "Identities of tokens.")
  private List<String> ids = new ArrayList<>();

  /// @param terminal where it reads and writes
  public TokenRevokeCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    for (String id : ids) {
      if (!id.matches("[a-z0-9]{1,64}")) {
        throw FailureException.usage(
            "token: value: " + Printable.quote(id) + " (expected: an id of `berth token ls`)");
      }
    }
  }

  @Override
  protected int run(Cluster cluster) {
    int exitCode = 0;
    for (String id : ids) {
      try {
        var _ = cluster.admin().revokeToken(RevokeTokenRequest.newBuilder().setId(id).build());
        terminal().out().println(id);
      } catch (StatusRuntimeException e) {
        terminal().say("berth: " + id + ": " + Refusals.describe(e, cluster));
        exitCode = 1;
      }
    }
    return exitCode;
  }
}
