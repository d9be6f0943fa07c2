package dev.berth.agent.driver;

import java.net.InetSocketAddress;

/// A driver whose instances' ports this host can reach, published or not. Published as the
/// capability "forward".
public interface ForwardCapable {
  /// Where a TCP port of a running instance is.
  ///
  /// @param port inside, 1 to 65535
  /// @throws DriverException with the reason [PauseCapable#NOT_RUNNING], or when it has no network
  ///     that this host reaches
  InetSocketAddress address(RuntimeHandle handle, int port) throws DriverException;
}
