package dev.berth.agent;

import dev.berth.client.ControllerAddress;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// Finds the address of this host that controllers see.
final class LocalAddress {
  private static final String LOOPBACK = "127.0.0.1";

  private LocalAddress() {}

  /// The configured address, or the one from which the first controller is reached.
  static String of(AgentConfig config) {
    return config
        .offer()
        .address()
        .orElseGet(() -> towards(config.cluster().controllers().getFirst()));
  }

  private static String towards(ControllerAddress controller) {
    // Connecting a datagram socket chooses a route and sends nothing.
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getByName(controller.host()), controller.port()));
      return socket.getLocalAddress().getHostAddress();
    } catch (IOException _) {
      return LOOPBACK;
    }
  }
}
