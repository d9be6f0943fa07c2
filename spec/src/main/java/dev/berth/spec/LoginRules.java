package dev.berth.spec;

import dev.berth.v1.RegistryLogin;
import java.util.List;
import java.util.regex.Pattern;

/// The bounds of logins to registries. What is wrong is said without what was given: it may be a
/// secret.
public final class LoginRules {
  private static final int NAME_MAX = 512;
  private static final int SECRET_MAX = 8192;
  private static final Pattern SERVER =
      Pattern.compile("([A-Za-z0-9.-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}\\])(:[0-9]{1,5})?");

  private LoginRules() {}

  /// Everything that is wrong with a login that is to be kept; paths are below it: `server`.
  public static List<Violation> validate(RegistryLogin login) {
    Findings findings = new Findings();
    server("server", login.getServer(), findings);
    lengths(login, login.getIdentityToken().isEmpty() ? 1 : 0, findings);
    if (!Printable.isSafe(login.getUsername())) {
      findings.add("username", "value (expected: printable characters)");
    }
    return findings.asList();
  }

  /// The same of a login that comes with one request and goes to the runtime as it is: the runtime
  /// and the registry judge the rest.
  public static List<Violation> validateGiven(RegistryLogin login) {
    Findings findings = new Findings();
    length("server", login.getServer(), 1, NAME_MAX, findings);
    lengths(login, 0, findings);
    return findings.asList();
  }

  private static void lengths(RegistryLogin login, int least, Findings findings) {
    length("username", login.getUsername(), least, NAME_MAX, findings);
    length("password", login.getPassword(), least, SECRET_MAX, findings);
    length("identity_token", login.getIdentityToken(), 0, SECRET_MAX, findings);
  }

  /// A registry's host as docker's configuration names it.
  public static List<Violation> validateServer(String server) {
    Findings findings = new Findings();
    server("server", server, findings);
    return findings.asList();
  }

  private static void server(String path, String server, Findings findings) {
    if (!server.equals(ImageRules.DOCKER_HUB) && !SERVER.matcher(server).matches()) {
      findings.add(
          path,
          "value: %s (expected: a registry's host, such as registry.example:5000, or %s)"
              .formatted(Printable.quote(server), ImageRules.DOCKER_HUB));
    }
  }

  private static void length(String path, String text, int least, int most, Findings findings) {
    if (text.length() < least || text.length() > most) {
      findings.add(
          path, "length: %d (expected: %d to %d characters)".formatted(text.length(), least, most));
    }
  }
}
