package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.term.TextFormat;
import dev.berth.v1.GetNamespaceRequest;
import dev.berth.v1.Namespace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `berth ns inspect`.
@Command(description = "Shows what namespaces hold, reserve and may reserve.")
public final class NamespaceInspectCommand extends ClusterVerb {
  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Namespaces.")
  private List<String> names = new ArrayList<>();

  @Mixin private final TextFormat format = new TextFormat();

  /// @param terminal where it reads and writes
  public NamespaceInspectCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    format.check();
    names.forEach(NamespaceRmCommand::requireGrammar);
  }

  @Override
  protected int run(Cluster cluster) {
    List<Namespace> namespaces = new ArrayList<>();
    for (String name : names) {
      namespaces.add(
          cluster
              .namespaces()
              .getNamespace(GetNamespaceRequest.newBuilder().setName(name).build()));
    }
    Instant now = Instant.now();
    format.print(
        terminal(),
        namespaces,
        () ->
            namespaces.stream()
                .map(namespace -> NamespaceText.whole(namespace, now))
                .collect(Collectors.joining("\n")));
    return 0;
  }
}
