package dev.berth.agent.image;

import dev.berth.v1.RegistryLogin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// What is said to a registry that wants a login. Never written anywhere.
///
/// @param basic the value of the header; empty: there is no login
record RegistrySecret(String basic) {
  static RegistrySecret of(Optional<RegistryLogin> login) throws IOException {
    if (login.isEmpty()) {
      return new RegistrySecret("");
    }
    if (!login.get().getIdentityToken().isEmpty()) {
      throw new IOException(
          "the login to it is an identity token, which counts for images of containers only: log"
              + " in with user and password (berth login)");
    }
    String pair = login.get().getUsername() + ":" + login.get().getPassword();
    return new RegistrySecret(
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  boolean isThere() {
    return !basic.isEmpty();
  }

  @Override
  public String toString() {
    return "RegistrySecret[…]";
  }
}
