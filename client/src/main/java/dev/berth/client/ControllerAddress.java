package dev.berth.client;

import dev.berth.spec.Printable;
import java.util.ArrayList;
import java.util.List;

/// Where a controller listens.
///
/// @param host a host name or an IP address, without brackets
/// @param port 1 to 65535
public record ControllerAddress(String host, int port) {
  /// Reads `host:port`, `10.0.0.1:7443` or `[::1]:7443`.
  ///
  /// @throws IllegalArgumentException with what is wrong, as `value: "x" (expected: …)`
  public static ControllerAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]") && host.length() > 2;
    if (bracketed) {
      host = host.substring(1, host.length() - 1);
    }
    String digits = text.substring(colon + 1);
    boolean good =
        !host.isEmpty()
            && host.chars().allMatch(c -> isHostCharacter(c, bracketed))
            && digits.length() <= 5
            && digits.matches("[0-9]+");
    int port = good ? Integer.parseInt(digits) : 0;
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "value: " + Printable.quote(text) + " (expected: host:port or [IPv6 address]:port)");
    }
    return new ControllerAddress(host, port);
  }

  /// Reads several addresses with commas between them, in the order in which they are tried.
  ///
  /// @throws IllegalArgumentException with what is wrong, as `value: "x" (expected: …)`
  public static List<ControllerAddress> parseList(String text) {
    List<ControllerAddress> addresses = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      addresses.add(parse(one.strip()));
    }
    return List.copyOf(addresses);
  }

  /// The address as [#parse] reads it.
  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }

  private static boolean isHostCharacter(int c, boolean bracketed) {
    boolean letterOrDigit =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letterOrDigit || c == '.' || c == '-' || c == '_' || (bracketed && c == ':');
  }
}
