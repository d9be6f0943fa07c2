package dev.berth.agent.driver.process;

import java.util.Optional;

/// What the carrier wrote when it started the program.
///
/// @param bootId the kernel's boot id
/// @param program the program, or what it is run by
/// @param carrier who waits for it
record RunNote(String bootId, ProcessId program, ProcessId carrier) {
  private static final int WORDS = 6;

  /// Empty while it is being written.
  static Optional<RunNote> parse(String text) {
    String[] words = text.strip().split(" ", -1);
    if (words.length != WORDS || !words[WORDS - 1].equals(".")) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new RunNote(
              words[0],
              new ProcessId(Long.parseLong(words[1]), Long.parseLong(words[2])),
              new ProcessId(Long.parseLong(words[3]), Long.parseLong(words[4]))));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }
}
