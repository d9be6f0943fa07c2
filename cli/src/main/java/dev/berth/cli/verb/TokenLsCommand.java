package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Listings;
import dev.berth.cli.term.Ages;
import dev.berth.cli.term.OutputOptions;
import dev.berth.cli.term.Table;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.ListTokensResponse;
import dev.berth.v1.Token;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `berth token ls`.
@Command(description = "Lists join tokens, without their secrets.")
public final class TokenLsCommand extends ClusterVerb {
  @Mixin private final OutputOptions output = new OutputOptions();

  /// @param terminal where it reads and writes
  public TokenLsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    output.check(List.of("node", "used-by"));
  }

  @Override
  protected int run(Cluster cluster) {
    ListTokensResponse answer = Listings.tokens(cluster);
    List<Token> tokens =
        output.filter(
            answer.getTokensList(),
            (token, key) -> key.equals("node") ? token.getNode() : token.getUsedBy());
    output.print(
        terminal(),
        tokens,
        answer.toBuilder().clearTokens().addAllTokens(tokens),
        new OutputOptions.Identity<>() {
          @Override
          public String id(Token token) {
            return token.getId();
          }

          @Override
          public String name(Token token) {
            return token.getId();
          }
        },
        _ -> table(tokens));
    return 0;
  }

  private static Table table(List<Token> tokens) {
    Table table = new Table("ID", "NODE", "CREATED", "EXPIRES", "USED", "USED BY");
    for (Token token : tokens) {
      table.row(
          token.getId(),
          token.getNode().isEmpty() ? "any" : token.getNode(),
          Ages.rfc3339(token.getCreateTime()),
          Ages.rfc3339(token.getExpireTime()),
          Ages.rfc3339(token.getUseTime()),
          token.getUsedBy().isEmpty() ? "-" : token.getUsedBy());
    }
    return table;
  }
}
