package dev.berth.agent.driver;

import dev.berth.v1.OpenExec;

/// A driver that runs commands in instances. Published as the capability "exec".
public interface ExecCapable {
  /// The reason of a failure: there is no such program.
  String NOT_FOUND = "CommandNotFound";

  /// The reason of a failure: the program cannot be executed.
  String NOT_EXECUTABLE = "CommandNotExecutable";

  /// Starts a command in a running instance.
  ///
  /// @param command its `detach`, `namespace` and `instance` mean nothing here
  /// @throws DriverException with the reason [#NOT_FOUND] or [#NOT_EXECUTABLE]; with
  ///     [PauseCapable#NOT_RUNNING]; or when the runtime cannot be asked or refuses. Of some
  ///     commands it is known later that they cannot be executed: their output says so, and their
  ///     exit code is 126 or 127
  Execution exec(RuntimeHandle handle, OpenExec command) throws DriverException;
}
