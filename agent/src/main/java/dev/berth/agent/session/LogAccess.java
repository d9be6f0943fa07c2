package dev.berth.agent.session;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import java.util.Optional;

/// Where the output of this node's instances is.
public interface LogAccess {
  /// Opens the output of an instance; empty when it has not written any, because nothing of it was
  /// started yet.
  ///
  /// @throws UnknownInstanceException when this node has no such instance
  Optional<LogReader> open(String instanceId, LogQuery query)
      throws DriverException, UnknownInstanceException;

  /// Whether an instance may still write: it is not final, and not being removed.
  boolean mayWrite(String instanceId);

  /// Whether the program of an instance runs now.
  boolean runs(String instanceId);

  /// An instance that this node does not have, or whose driver keeps no output.
  final class UnknownInstanceException extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param message for people: what is not there and what to do next
    public UnknownInstanceException(String message) {
      super(message);
    }
  }
}
