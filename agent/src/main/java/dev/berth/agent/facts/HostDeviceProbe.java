package dev.berth.agent.facts;

import dev.berth.spec.HostDevice;
import dev.berth.v1.WithheldDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Says which of the devices that an operator allows can be given to a machine now.
///
/// @param usable those
/// @param withheld the others, with the reason
record HostDeviceProbe(List<HostDevice> usable, List<WithheldDevice> withheld) {
  private static final String PCI = "sys/bus/pci/devices/";
  private static final String USB = "sys/bus/usb/devices/";
  private static final String ABSENT = "there is no such device";

  /// @param root where the host's file system is seen
  static HostDeviceProbe read(Path root, List<HostDevice> allowed) {
    HostFiles host = new HostFiles(root);
    List<HostDevice> usable = new ArrayList<>();
    List<WithheldDevice> withheld = new ArrayList<>();
    for (HostDevice device : allowed) {
      Optional<String> obstacle =
          switch (device.bus()) {
            case PCI -> pciObstacle(host, device.address());
            case USB -> usbObstacle(host, device.address());
          };
      obstacle.ifPresentOrElse(
          why ->
              withheld.add(
                  WithheldDevice.newBuilder()
                      .setName(device.sort())
                      .setId(device.toString())
                      .setReason(why)
                      .build()),
          () -> usable.add(device));
    }
    return new HostDeviceProbe(List.copyOf(usable), List.copyOf(withheld));
  }

  private static Optional<String> pciObstacle(HostFiles host, String address) {
    if (!host.exists(PCI + address)) {
      return Optional.of(ABSENT);
    }
    return host.exists(PCI + address + "/iommu_group")
        ? Optional.empty()
        : Optional.of(
            "no IOMMU keeps it to the machine's memory; switch it on in the firmware and on the"
                + " kernel's command line, as with intel_iommu=on");
  }

  private static Optional<String> usbObstacle(HostFiles host, String vendorAndProduct) {
    long count =
        host.names(USB).stream()
            .map(USB::concat)
            .filter(
                each ->
                    vendorAndProduct.equals(
                        host.text(each + "/idVendor").orElse("")
                            + ":"
                            + host.text(each + "/idProduct").orElse("")))
            .count();
    if (count == 1) {
      return Optional.empty();
    }
    return Optional.of(
        count == 0 ? ABSENT : count + " devices have this vendor and product; keep one plugged in");
  }
}
