package dev.berth.agent.driver;

import dev.berth.v1.OpenAttach;

/// A driver that attaches people to what it runs. Published as the capability "attach".
public interface AttachCapable {
  /// Attaches to the program of a running instance. Its output is that from now on, or from its
  /// start where the instance was started for whoever attaches first.
  ///
  /// @param wishes whether there is input, and the size of the terminal
  /// @throws DriverException with the reason [PauseCapable#NOT_RUNNING], or when the runtime
  ///     cannot be asked or refuses
  ProgramStream attach(RuntimeHandle handle, OpenAttach wishes) throws DriverException;
}
