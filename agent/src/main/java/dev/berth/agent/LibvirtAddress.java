package dev.berth.agent;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A hypervisor that the agent drives.
///
/// @param driver name of its driver, distinct on the node
/// @param uri the connection
public record LibvirtAddress(String driver, URI uri) {
  private static final String FIRST = "libvirt";
  private static final URI SYSTEM = URI.create("qemu:///system");
  // As many drivers as a controller listens to, Docker's and some to come besides.
  private static final int MAX = 8;
  private static final List<Path> SOCKETS =
      List.of(
          Path.of("/run/libvirt/libvirt-sock"), // one daemon for all
          Path.of("/run/libvirt/virtqemud-sock")); // one for each hypervisor
  private static final Set<String> HYPERVISORS = Set.of("qemu", "xen", "test");

  /// Reads what was given: "auto" (the host's own QEMU, if libvirt is there), "none", or
  /// connections of libvirt's with commas between them, such as
  /// "qemu:///system,xen+tcp://127.0.0.1:16509/system".
  ///
  /// The first one's driver is "libvirt", that of another "libvirt-" and its hypervisor, with a
  /// number from the second on: "libvirt-xen", "libvirt-xen-2".
  static List<LibvirtAddress> parse(String text) {
    return switch (text) {
      case "none" -> List.of();
      case "auto" ->
          SOCKETS.stream().anyMatch(Files::exists)
              ? List.of(new LibvirtAddress(FIRST, SYSTEM))
              : List.of();
      default -> named(connections(text));
    };
  }

  private static List<URI> connections(String text) {
    List<URI> connections = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      URI connection = connection(one);
      if (connections.contains(connection)) {
        throw new IllegalArgumentException(
            "value: \"" + one + "\": given twice (expected: each connection once)");
      }
      connections.add(connection);
    }
    if (connections.size() > MAX) {
      throw new IllegalArgumentException(
          "count: " + connections.size() + " (expected: at most " + MAX + " connections)");
    }
    return connections;
  }

  private static URI connection(String text) {
    try {
      URI uri = new URI(text);
      if (HYPERVISORS.contains(hypervisor(uri))) {
        return uri;
      }
    } catch (URISyntaxException _) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "value: \""
            + text
            + "\" (expected: auto, none, or connections such as qemu:///system,xen:///system)");
  }

  private static String hypervisor(URI uri) {
    return uri.getScheme() == null ? "" : uri.getScheme().split("\\+", 2)[0];
  }

  private static List<LibvirtAddress> named(List<URI> connections) {
    List<LibvirtAddress> addresses = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (URI connection : connections) {
      String plain = addresses.isEmpty() ? FIRST : FIRST + "-" + hypervisor(connection);
      String name = plain;
      for (int number = 2; !taken.add(name); number++) {
        name = plain + "-" + number;
      }
      addresses.add(new LibvirtAddress(name, connection));
    }
    return List.copyOf(addresses);
  }
}
