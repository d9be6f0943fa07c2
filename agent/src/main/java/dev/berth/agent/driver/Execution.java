package dev.berth.agent.driver;

/// A command that runs in an instance.
public interface Execution extends ProgramStream {
  /// How it ended, 0 to 255; waits for the end. Asked when all output was read.
  ///
  /// @throws DriverException when nobody can tell
  int exitCode() throws DriverException, InterruptedException;

  /// Lets it go on when this is closed.
  void leave();

  /// Ends a command that has not ended: with SIGHUP, and 10 s later with SIGKILL.
  @Override
  void close();
}
