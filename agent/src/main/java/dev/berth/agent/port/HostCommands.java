package dev.berth.agent.port;

import java.io.IOException;
import java.util.List;

/// Runs short programs of the host.
public interface HostCommands {
  /// How a program ended.
  ///
  /// @param exitCode 0 when it did what it should
  /// @param text all that it wrote, to both of its outputs
  record Output(int exitCode, String text) {
    /// Whether it did what it should.
    public boolean isGood() {
      return exitCode == 0;
    }
  }

  /// Whether there is such a program.
  boolean has(String program);

  /// Runs a program to its end.
  ///
  /// @param words the program's name and its arguments; nothing else interprets them
  /// @throws IOException when it cannot be started or does not end within 10 s
  Output run(List<String> words) throws IOException, InterruptedException;
}
