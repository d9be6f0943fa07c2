package dev.berth.e2e.harness;

import java.util.ArrayList;
import java.util.List;

/// A host's network: a namespace, and the cable to its quay.
public final class HostLink implements AutoCloseable {
  private final String namespace;
  private final String cable;
  private final String address;

  private HostLink(String namespace, String cable, String address) {
    this.namespace = namespace;
    this.cable = cable;
    this.address = address;
  }

  static HostLink make(String bridge, String namespace, String address) {
    // Interface names have 15 characters at most.
    String cable = namespace;
    HostLink link = new HostLink(namespace, cable, address);
    Command.of("ip", "netns", "add", namespace).output();
    try {
      List<List<String>> steps =
          List.of(
              List.of("link", "add", cable, "type", "veth", "peer", "eth0", "netns", namespace),
              List.of("link", "set", cable, "master", bridge, "up"),
              List.of("-n", namespace, "addr", "add", address + "/24", "dev", "eth0"),
              List.of("-n", namespace, "link", "set", "eth0", "up"),
              List.of("-n", namespace, "link", "set", "lo", "up"));
      for (List<String> step : steps) {
        List<String> words = new ArrayList<>(List.of("ip"));
        words.addAll(step);
        Command.of(words).output();
      }
    } catch (RuntimeException | AssertionError e) {
      link.close();
      throw e;
    }
    return link;
  }

  /// The host's address on the bridge.
  public String address() {
    return address;
  }

  /// The command to run inside the namespace. `ip netns exec` would mount /sys anew, and Docker
  /// daemons do not survive that.
  public List<String> inside(List<String> command) {
    List<String> words = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace));
    words.addAll(command);
    return List.copyOf(words);
  }

  /// Pulls the cable.
  public void disconnect() {
    Command.of("ip", "link", "set", cable, "down").output();
  }

  /// Plugs it in again.
  public void reconnect() {
    Command.of("ip", "link", "set", cable, "up").output();
  }

  @Override
  public void close() {
    // The cable goes first: a namespace lives on while anything still uses it.
    Command.of("ip", "link", "delete", cable).run();
    Command.of("ip", "netns", "delete", namespace).output();
  }
}
