package dev.berth.spec;

import dev.berth.v1.Device;
import dev.berth.v1.VmHostDevice;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A device of a node that is handed through to a machine. Among a node's devices each is a sort of
/// its own, so that who asks for its address gets it and nothing else, once.
///
/// @param bus where it is
/// @param address of PCI "0000:01:00.0"; of USB its vendor and product, "1234:5678"
public record HostDevice(Bus bus, String address) {
  private static final Pattern PCI_SORT =
      Pattern.compile("pci-([0-9a-f]{4})-([0-9a-f]{2})-([01][0-9a-f])-([0-7])");
  private static final Pattern USB_SORT = Pattern.compile("usb-([0-9a-f]{4})-([0-9a-f]{4})");

  /// Where a device is.
  public enum Bus {
    /// PCI and PCI Express.
    PCI("[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\\.[0-7]", "0000:01:00.0"),
    /// USB.
    USB("[0-9a-f]{4}:[0-9a-f]{4}", "1234:5678");

    private final Pattern grammar;
    private final String example;

    Bus(String grammar, String example) {
      this.grammar = Pattern.compile(grammar);
      this.example = example;
    }

    private String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Null when an address is good.
    public @Nullable String problem(String address) {
      return grammar.matcher(address).matches()
          ? null
          : "value: "
              + Printable.quote(address)
              + " (expected: lower-case hexadecimal digits, as in "
              + example
              + ")";
    }
  }

  /// Reads "pci:0000:01:00.0" or "usb:1234:5678".
  ///
  /// @throws IllegalArgumentException with what is wrong
  public static HostDevice parse(String text) {
    for (Bus bus : Bus.values()) {
      String prefix = bus.word() + ":";
      if (text.startsWith(prefix) && bus.problem(text.substring(prefix.length())) == null) {
        return new HostDevice(bus, text.substring(prefix.length()));
      }
    }
    throw new IllegalArgumentException(
        "value: " + Printable.quote(text) + " (expected: pci:0000:01:00.0 or usb:1234:5678)");
  }

  /// The device that a spec names; it must be valid.
  public static HostDevice of(VmHostDevice device) {
    return device.hasPci()
        ? new HostDevice(Bus.PCI, device.getPci())
        : new HostDevice(Bus.USB, device.getUsb());
  }

  /// The device that a sort stands for; empty when it stands for devices without addresses.
  public static Optional<HostDevice> ofSort(String name) {
    Matcher pci = PCI_SORT.matcher(name);
    if (pci.matches()) {
      String address = pci.group(1) + ":" + pci.group(2) + ":" + pci.group(3) + "." + pci.group(4);
      return Optional.of(new HostDevice(Bus.PCI, address));
    }
    Matcher usb = USB_SORT.matcher(name);
    return usb.matches()
        ? Optional.of(new HostDevice(Bus.USB, usb.group(1) + ":" + usb.group(2)))
        : Optional.empty();
  }

  /// Its sort among a node's devices: "pci-0000-01-00-0".
  public String sort() {
    return bus.word() + "-" + address.replace(':', '-').replace('.', '-');
  }

  /// As a node offers it.
  public Device device() {
    return Device.newBuilder().setName(sort()).setId(toString()).build();
  }

  /// As a spec names it.
  public VmHostDevice toProto() {
    return switch (bus) {
      case PCI -> VmHostDevice.newBuilder().setPci(address).build();
      case USB -> VmHostDevice.newBuilder().setUsb(address).build();
    };
  }

  @Override
  public String toString() {
    return bus.word() + ":" + address;
  }
}
