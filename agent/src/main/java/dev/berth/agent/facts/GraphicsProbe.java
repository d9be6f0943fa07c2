package dev.berth.agent.facts;

import dev.berth.v1.Layer;
import java.util.List;
import java.util.Optional;

/// Graphics processors on the PCI bus, with or without a driver.
final class GraphicsProbe {
  private static final String DEVICES = "sys/bus/pci/devices";
  // The class of display controllers, in the highest of its three bytes.
  private static final String DISPLAY = "0x03";
  private static final int MOST_CARDS = 16;
  private static final List<String> NAMES =
      List.of("usr/share/misc/pci.ids", "usr/share/hwdata/pci.ids");

  private GraphicsProbe() {}

  static void put(HostFiles files, Layer.Builder layer) {
    files.names(DEVICES).stream()
        .filter(address -> files.text(at(address) + "/class").orElse("").startsWith(DISPLAY))
        .limit(MOST_CARDS)
        .forEach(address -> put(files, address, layer));
  }

  private static void put(HostFiles files, String address, Layer.Builder layer) {
    String vendor = id(files, address, "vendor");
    String device = id(files, address, "device");
    String model =
        modelOfDriver(files, address)
            .or(() -> modelOfList(files, vendor, device))
            .orElse(vendor + ":" + device);
    layer.putAttributes("gpu." + address + "_model", model);
    files
        .linkName(at(address) + "/driver")
        .ifPresent(driver -> layer.putAttributes("gpu." + address + "_driver", driver));
    files
        .number(at(address) + "/mem_info_vram_total")
        .ifPresent(
            bytes -> layer.putAttributes("gpu." + address + "_memory_bytes", Long.toString(bytes)));
  }

  private static String at(String address) {
    return DEVICES + "/" + address;
  }

  /// Four hexadecimal digits, as lists of names have them.
  private static String id(HostFiles files, String address, String which) {
    return files.text(at(address) + "/" + which).orElse("").replaceFirst("^0x", "");
  }

  /// NVIDIA's driver knows the name that the card is sold under.
  private static Optional<String> modelOfDriver(HostFiles files, String address) {
    return files.lines("proc/driver/nvidia/gpus/" + address + "/information").stream()
        .filter(line -> line.startsWith("Model:"))
        .map(line -> line.substring("Model:".length()).strip())
        .filter(model -> !model.isEmpty())
        .findFirst();
  }

  /// Vendors begin lines of the list; their devices follow, each after a tabulator.
  private static Optional<String> modelOfList(HostFiles files, String vendor, String device) {
    String maker = "";
    for (String line : NAMES.stream().flatMap(list -> files.lines(list).stream()).toList()) {
      if (line.startsWith(vendor + "  ")) {
        maker = line.substring(vendor.length()).strip();
      } else if (!line.startsWith("\t") && !line.startsWith("#") && !maker.isEmpty()) {
        break;
      } else if (!maker.isEmpty() && line.startsWith("\t" + device + "  ")) {
        return Optional.of(maker + " " + line.substring(1 + device.length()).strip());
      }
    }
    return maker.isEmpty() ? Optional.empty() : Optional.of(maker + " " + vendor + ":" + device);
  }
}
