package dev.berth.agent.driver;

import dev.berth.v1.RegistryLogin;
import java.util.Optional;

/// Who the node is to the registries of its instances' images.
public interface PullLogins {
  /// The login for the image of an instance.
  ///
  /// @return empty: what the node's own configuration says
  Optional<RegistryLogin> of(String instanceId);

  /// None at all.
  static PullLogins none() {
    return _ -> Optional.empty();
  }
}
