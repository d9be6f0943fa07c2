package dev.berth.agent.image;

import dev.berth.v1.RegistryLogin;
import java.io.IOException;
import java.util.Optional;

/// As whom registries are asked.
///
/// @param trust which registries' certificates are good
/// @param login who one is; empty: nobody in particular
record RegistryAccess(RegistryTrust trust, Optional<RegistryLogin> login) {
  /// Opens the way to the registry of an image.
  RegistryClient to(ImageReference reference) throws IOException {
    return new RegistryClient(
        reference.host(), trust.of(reference.host()), RegistrySecret.of(login));
  }

  /// Nobody in particular, and what Docker trusts.
  static RegistryAccess anonymous() {
    return new RegistryAccess(new RegistryTrust(RegistryTrust.DOCKERS), Optional.empty());
  }
}
