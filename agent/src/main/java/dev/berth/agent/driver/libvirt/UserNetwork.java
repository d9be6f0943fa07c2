package dev.berth.agent.driver.libvirt;

import dev.berth.v1.PortBinding;
import dev.berth.v1.PortProtocol;
import dev.berth.v1.VmNic;
import java.util.List;

/// A card on QEMU's user-mode network. libvirt knows such cards, but cannot publish ports through
/// them; so QEMU is told itself. The ports are QEMU's own sockets: they need no rules in any
/// firewall, no rights, and outlive the agent and libvirtd.
final class UserNetwork {
  private static final String ID = "berth0";

  // Of those that libvirt gives out last.
  private static final String SLOT = "0x10";

  private UserNetwork() {}

  /// The words that QEMU is started with besides libvirt's.
  ///
  /// @param hostname what the network's DHCP calls the machine
  /// @param machine the machine's type
  /// @param ports what is published
  static List<String> arguments(
      String hostname, VmNic nic, String machine, List<PortBinding> ports, String mac) {
    StringBuilder network =
        new StringBuilder("user,id=").append(ID).append(",hostname=").append(hostname);
    for (PortBinding port : ports) {
      network
          .append(",hostfwd=")
          .append(port.getProtocol() == PortProtocol.PORT_PROTOCOL_UDP ? "udp" : "tcp")
          .append(':')
          .append(port.getHostAddress())
          .append(':')
          .append(port.getHostPort())
          .append("-:")
          .append(port.getTarget());
    }
    String device =
        (nic.getModel().isEmpty() || nic.getModel().equals("virtio")
                ? "virtio-net-pci"
                : nic.getModel())
            + ",netdev="
            + ID
            + ",mac="
            + mac
            + ",bus="
            + (machine.contains("q35") ? "pcie.0" : "pci.0")
            + ",addr="
            + SLOT
            // No boot from the network, which would delay the one from disk.
            + ",romfile=";
    return List.of("-netdev", network.toString(), "-device", device);
  }

  /// The model of a card as libvirt calls it.
  static String model(VmNic nic) {
    return nic.getModel().isEmpty() ? "virtio" : nic.getModel();
  }
}
