package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.Ages;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Json;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.Token;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `berth token create`.
@Command(
    description = "Makes a token that lets one agent join once, and prints it.",
    footer = "It is shown this once only. Hand it to `berth-agent --token-file=FILE`.")
public final class TokenCreateCommand extends ClusterVerb {
  @Option(
      names = "--node",
      paramLabel = "NAME",
      description = "The only node that may use it; any new name unless given.")
  private String node = "";

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      description = "How long it can be used, 10s to 24h; 15m unless given.")
  private String ttl = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "text|json",
      description = "The token alone, unless given, or all of it as JSON.")
  private String format = "text";

  /// @param terminal where it reads and writes
  public TokenCreateCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    if (!node.isEmpty()) {
      NodesVerb.requireGrammar(node);
    }
    if (!ttl.isEmpty()) {
      var _ = SlotsVerb.grace("--ttl", ttl);
    }
    if (!format.equals("text") && !format.equals("json")) {
      throw FailureException.usage(
          "-o: value: " + Printable.quote(format) + " (expected: text or json)");
    }
  }

  @Override
  protected int run(Cluster cluster) {
    CreateTokenRequest.Builder request = CreateTokenRequest.newBuilder().setNode(node);
    if (!ttl.isEmpty()) {
      request.setTtl(SlotsVerb.grace("--ttl", ttl));
    }
    Token token = cluster.admin().createToken(request.build());
    terminal()
        .out()
        .println(format.equals("json") ? Json.pretty(token) : Printable.escape(token.getSecret()));
    terminal()
        .say(
            "good once, until "
                + Ages.rfc3339(token.getExpireTime())
                + (node.isEmpty() ? "" : ", for " + node));
    return 0;
  }
}
