package dev.berth.agent.driver.process;

import java.util.Optional;

/// What `/proc/PID/stat` says of a process.
///
/// @param id which process
/// @param state the kernel's letter: 'R' runs, 'Z' has ended and is not reaped
record ProcStat(ProcessId id, char state) {
  // After the name: the state is the third field of the line, the time of the start the 22nd.
  private static final int STATE = 0;
  private static final int START = 19;

  /// Reads the line. The name in it is in parentheses and may hold anything, parentheses and blanks
  /// too: the last one closes it.
  static Optional<ProcStat> parse(String line) {
    int open = line.indexOf(" (");
    int close = line.lastIndexOf(") ");
    if (open < 1 || close < open) {
      return Optional.empty();
    }
    String[] fields = line.substring(close + 2).strip().split(" ", -1);
    if (fields.length <= START || fields[STATE].length() != 1) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new ProcStat(
              new ProcessId(Long.parseLong(line.substring(0, open)), Long.parseLong(fields[START])),
              fields[STATE].charAt(0)));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /// Whether it is still there; one that waits to be reaped is not.
  boolean isAlive() {
    return state != 'Z' && state != 'X';
  }
}
