package dev.berth.agent.driver;

import dev.berth.v1.Network;
import dev.berth.v1.NetworkSpec;
import java.util.List;

/// Networks of containers, as one runtime has them. All calls block; each can be interrupted, which
/// fails it with the reason "Interrupted".
public interface ContainerNetworks {
  /// The reason of a failure: there is no such network.
  String MISSING = "NetworkMissing";

  /// The reason of a failure: there is one of this name.
  String EXISTS = "NetworkExists";

  /// All networks, by name.
  ///
  /// @throws DriverException when the runtime cannot be asked
  List<Network> list() throws DriverException;

  /// One network.
  ///
  /// @param name its name, or the beginning of its id
  /// @throws DriverException with the reason [#MISSING], or when the runtime cannot be asked
  Network inspect(String name) throws DriverException;

  /// Makes a network.
  ///
  /// @return the network, as it is there now
  /// @throws DriverException with the reason [#EXISTS], or when the runtime refuses it
  Network create(NetworkSpec wanted) throws DriverException;

  /// Removes a network.
  ///
  /// @return the network that it was
  /// @throws DriverException with the reason [#MISSING], or when a container is connected, it is
  ///     one of the runtime's own, or the runtime cannot be asked
  Network remove(String name) throws DriverException;
}
