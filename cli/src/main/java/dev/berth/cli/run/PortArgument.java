package dev.berth.cli.run;

import dev.berth.cli.term.FailureException;
import dev.berth.spec.Printable;
import dev.berth.v1.PortProtocol;
import dev.berth.v1.PortSpec;

/// `-p`: `80`, `8080:80`, `127.0.0.1:8080:80/udp`, `[::1]:8080:80`.
final class PortArgument {
  private PortArgument() {}

  static PortSpec parse(String text) {
    String rest = text;
    PortProtocol protocol = PortProtocol.PORT_PROTOCOL_TCP;
    int slash = rest.indexOf('/');
    if (slash >= 0) {
      protocol =
          switch (rest.substring(slash + 1)) {
            case "tcp" -> PortProtocol.PORT_PROTOCOL_TCP;
            case "udp" -> PortProtocol.PORT_PROTOCOL_UDP;
            default -> throw wrong(text);
          };
      rest = rest.substring(0, slash);
    }
    int colon = rest.lastIndexOf(':');
    int target = port(rest.substring(colon + 1), text);
    PortSpec.Builder port = PortSpec.newBuilder().setTarget(target).setProtocol(protocol);
    if (colon >= 0) {
      publish(port, rest.substring(0, colon), text);
    }
    return port.build();
  }

  private static void publish(PortSpec.Builder port, String host, String text) {
    int colon = host.lastIndexOf(':');
    String number = host.substring(colon + 1);
    if (!number.isEmpty()) {
      port.setPublish(port(number, text));
    }
    if (colon >= 0) {
      String address = host.substring(0, colon);
      boolean bracketed = address.startsWith("[") && address.endsWith("]");
      port.setHostAddress(bracketed ? address.substring(1, address.length() - 1) : address);
    }
  }

  private static int port(String digits, String text) {
    boolean good =
        !digits.isEmpty()
            && digits.length() <= 5
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    int port = good ? Integer.parseInt(digits) : 0;
    if (port < 1 || port > 65_535) {
      throw wrong(text);
    }
    return port;
  }

  private static FailureException wrong(String text) {
    return FailureException.usage(
        "-p: value: "
            + Printable.quote(text)
            + " (expected: 80, 8080:80 or 127.0.0.1:8080:80/udp, ports from 1 to 65535)");
  }
}
