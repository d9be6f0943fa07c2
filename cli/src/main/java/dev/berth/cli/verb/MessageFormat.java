package dev.berth.cli.verb;

import com.google.protobuf.Message;
import dev.berth.cli.term.FormatNames;
import dev.berth.cli.term.Json;
import dev.berth.cli.term.Terminal;
import java.util.List;
import picocli.CommandLine.Option;

/// The option of verbs that show messages in full.
public final class MessageFormat {
  @Option(
      names = {"-o", "--output", "-f", "--format"},
      paramLabel = "json|yaml",
      description = "An array in JSON, unless given, or in YAML.")
  private String format = "json";

  /// Refuses an unknown format.
  ///
  /// @throws dev.berth.cli.term.FailureException with exit code 2
  public void check() {
    FormatNames.require(format, List.of("json", "yaml"));
  }

  /// Prints them as an array.
  public void print(Terminal terminal, List<? extends Message> messages) {
    String json = Json.array(messages);
    terminal.out().println(format.equals("yaml") ? Json.toYaml(json) : json);
  }
}
