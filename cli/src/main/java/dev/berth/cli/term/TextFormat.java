package dev.berth.cli.term;

import com.google.protobuf.Message;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/// The option of verbs that show things in words, or in full as messages.
public final class TextFormat {
  @Option(
      names = {"-o", "--output", "--format"},
      paramLabel = "text|json|yaml",
      description = "Lines of text, unless given; or an array in JSON or YAML.")
  private String format = "text";

  /// Refuses an unknown format.
  ///
  /// @throws FailureException with exit code 2
  public void check() {
    FormatNames.require(format, List.of("text", "json", "yaml"));
  }

  /// True when words are wanted, not messages.
  public boolean isText() {
    return format.equals("text");
  }

  /// Prints the messages, or the text when that is wanted.
  public void print(Terminal terminal, List<? extends Message> messages, Supplier<String> text) {
    switch (format) {
      case "json" -> terminal.out().println(Json.array(messages));
      case "yaml" -> terminal.out().println(Json.toYaml(Json.array(messages)));
      default -> terminal.out().append(text.get());
    }
  }
}
