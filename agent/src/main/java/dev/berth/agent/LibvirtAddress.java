package dev.berth.agent;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which hypervisor the agent drives.
final class LibvirtAddress {
  private static final URI SYSTEM = URI.create("qemu:///system");
  private static final List<Path> SOCKETS =
      List.of(
          Path.of("/run/libvirt/libvirt-sock"), // one daemon for all
          Path.of("/run/libvirt/virtqemud-sock")); // one for each hypervisor
  private static final Set<String> HYPERVISORS = Set.of("qemu", "xen", "test");

  private LibvirtAddress() {}

  /// Reads what was given: "auto" (the host's own QEMU, if libvirt is there), "none", or a
  /// connection of libvirt's, such as "qemu:///system" or "xen+tcp://127.0.0.1:16509/system".
  static Optional<URI> parse(String text) {
    return switch (text) {
      case "none" -> Optional.empty();
      case "auto" ->
          SOCKETS.stream().anyMatch(Files::exists) ? Optional.of(SYSTEM) : Optional.empty();
      default -> Optional.of(connection(text));
    };
  }

  private static URI connection(String text) {
    try {
      URI uri = new URI(text);
      String scheme = uri.getScheme();
      if (scheme != null && HYPERVISORS.contains(scheme.split("\\+", 2)[0])) {
        return uri;
      }
    } catch (URISyntaxException _) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "value: \"" + text + "\" (expected: auto, none, or a connection such as qemu:///system)");
  }
}
