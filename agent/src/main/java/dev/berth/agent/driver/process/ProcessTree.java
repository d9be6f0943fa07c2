package dev.berth.agent.driver.process;

import java.io.IOException;
import java.util.List;

/// All processes of one instance, however they detached themselves.
interface ProcessTree {
  /// Their numbers now.
  List<Long> pids() throws IOException;

  /// Sends SIGKILL to all that are there now.
  void kill() throws IOException;

  /// Asks all that are there now to end.
  default void terminate() throws IOException {
    for (long pid : pids()) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    }
  }
}
