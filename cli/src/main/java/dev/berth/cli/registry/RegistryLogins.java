package dev.berth.cli.registry;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.berth.v1.RegistryLogin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/// The logins of a user, as `docker login` and `berth login` leave them.
public final class RegistryLogins {
  private final Map<String, String> environment;

  /// @param environment of the user; says where docker's configuration is
  public RegistryLogins(Map<String, String> environment) {
    this.environment = environment;
  }

  /// Who the user is to the registry of an image; empty: nobody in particular.
  ///
  /// @throws IOException when the configuration or a credential helper cannot be read
  public Optional<RegistryLogin> forImage(String image) throws IOException {
    RegistryHost registry = RegistryHost.ofImage(image);
    DockerConfig config = config();
    Optional<String> helper = config.helper(registry);
    Optional<RegistryLogin> kept =
        helper.isPresent() ? new CredentialProgram(helper.get()).get(registry) : Optional.empty();
    return kept.or(() -> config.entry(registry).flatMap(entry -> login(registry, entry)));
  }

  /// Keeps a login where the configuration says.
  ///
  /// @return true when the secret stands in the file itself
  boolean store(RegistryHost registry, RegistryLogin login) throws IOException {
    DockerConfig config = config();
    Optional<String> helper = config.helper(registry);
    if (helper.isPresent()) {
      new CredentialProgram(helper.get()).store(login);
      // Docker's own sign that there is a login somewhere else.
      config.with(registry, Struct.getDefaultInstance()).write();
      return false;
    }
    config.with(registry, entry(login)).write();
    return true;
  }

  /// Forgets the login to a registry.
  ///
  /// @return false when there was none
  boolean erase(RegistryHost registry) throws IOException {
    DockerConfig config = config();
    Optional<String> helper = config.helper(registry);
    boolean known = config.entry(registry).isPresent();
    if (helper.isPresent()) {
      CredentialProgram program = new CredentialProgram(helper.get());
      if (program.get(registry).isPresent()) {
        program.erase(registry);
        known = true;
      }
    }
    if (config.entry(registry).isPresent()) {
      config.without(registry).write();
    }
    return known;
  }

  /// Where logins are kept, for messages.
  String place() {
    return DockerConfig.file(environment).toString();
  }

  private DockerConfig config() throws IOException {
    return DockerConfig.read(DockerConfig.file(environment));
  }

  private static Struct entry(RegistryLogin login) {
    String pair = login.getUsername() + ":" + login.getPassword();
    Struct.Builder entry = Struct.newBuilder();
    String token = login.getIdentityToken();
    if (!token.isEmpty()) {
      pair = login.getUsername() + ":";
      entry.putFields("identitytoken", Value.newBuilder().setStringValue(token).build());
    }
    String auth = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    return entry.putFields("auth", Value.newBuilder().setStringValue(auth).build()).build();
  }

  private static Optional<RegistryLogin> login(RegistryHost registry, Struct entry) {
    RegistryLogin.Builder login = RegistryLogin.newBuilder().setServer(registry.key());
    String token = DockerConfig.text(entry, "identitytoken");
    if (!token.isEmpty()) {
      return Optional.of(login.setIdentityToken(token).build());
    }
    String user = DockerConfig.text(entry, "username");
    String password = DockerConfig.text(entry, "password");
    String auth = DockerConfig.text(entry, "auth");
    if (!auth.isEmpty()) {
      String pair;
      try {
        pair = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException _) {
        return Optional.empty(); // docker ignores such an entry, too
      }
      int colon = pair.indexOf(':');
      user = colon > 0 ? pair.substring(0, colon) : "";
      password = pair.substring(colon + 1).replace("\0", "");
    }
    return user.isEmpty()
        ? Optional.empty()
        : Optional.of(login.setUsername(user).setPassword(password).build());
  }
}
