package dev.berth.agent.forwarding;

import dev.berth.agent.port.HostCommands;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/// A command that was run.
///
/// @param command as a person would type it
/// @param isGood whether it did what it should
/// @param output what it wrote, at most 4096 characters
public record RanCommand(String command, boolean isGood, String output) {
  private static final int OUTPUT_MAX = 4096;

  /// Runs one; a failure is told, not thrown.
  public static RanCommand run(HostCommands commands, List<String> words)
      throws InterruptedException {
    try {
      HostCommands.Output output = commands.run(words);
      String text = output.text().strip();
      return new RanCommand(
          typed(words), output.isGood(), text.substring(0, Math.min(OUTPUT_MAX, text.length())));
    } catch (IOException e) {
      return new RanCommand(typed(words), false, String.valueOf(e.getMessage()));
    }
  }

  /// Words as a person would type them.
  static String typed(List<String> words) {
    return words.stream()
        .map(word -> word.matches("[A-Za-z0-9_./:,=@%+-]+") ? word : "'" + word + "'")
        .collect(Collectors.joining(" "));
  }

  /// With what it wrote, if it failed.
  @Override
  public String toString() {
    return isGood ? command : command + " (failed: " + output + ")";
  }
}
