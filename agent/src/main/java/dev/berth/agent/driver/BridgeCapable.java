package dev.berth.agent.driver;

import java.util.List;

/// A driver whose machines may be connected to bridges of this host.
public interface BridgeCapable {
  /// The bridges of all machines that are there, whoever made them and whether or not they run, in
  /// order of name. Those of user-mode networks have none.
  ///
  /// @throws DriverException retryable, when they are not known now
  List<MachineBridge> bridges() throws DriverException;
}
