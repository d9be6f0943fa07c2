package dev.berth.agent.image;

import java.util.regex.Pattern;

/// Hosts that are this host, with which one may speak in the clear.
final class Loopback {
  private static final Pattern HOSTS =
      Pattern.compile("(localhost|127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}|\\[::1])(:[0-9]+)?");

  private Loopback() {}

  /// @param host perhaps with a port
  static boolean is(String host) {
    return HOSTS.matcher(host).matches();
  }
}
