package dev.berth.cli.verb;

import dev.berth.spec.Printable;
import dev.berth.spec.Quantity;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.KindCount;
import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import dev.berth.v1.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The host of a node as a pile of layers: the hardware is the lowest row, what runs the highest.
final class LayerText {
  private static final int FLOOR_WIDTH = 20;
  private static final String INDENT = "  ";

  // The height of the lowest runtime.
  private static final int RUNTIMES = 7;

  // A device's fields are one row: "disk.vda_bytes" and "disk.vda_model".
  private static final Pattern OF_DEVICE =
      Pattern.compile(
          "(disk|nic|gpu|numa)\\.(.+?)_"
              + "(model|bytes|memory_bytes|rotational|driver|mac|speed_mbits|state|cpus)");

  /// A row.
  ///
  /// @param floor what sort of layer it is
  /// @param what the layer itself
  /// @param details by name
  private record Row(String floor, String what, Map<String, String> details) {}

  private LayerText() {}

  static String of(Node node) {
    List<Row> rows = new ArrayList<>();
    rows.add(new Row("what runs", instances(node), Map.of()));
    List<DriverDescription> drivers = node.getDescription().getDriversList();
    List<Layer> layers = node.getDescription().getLayersList();
    drivers.stream()
        .filter(driver -> !driver.getAvailable())
        .map(LayerText::away)
        .forEach(rows::add);
    layers.stream()
        .sorted(Comparator.comparingInt(LayerText::height).reversed())
        .map(layer -> row(layer, drivers))
        .forEach(rows::add);
    StringBuilder out = new StringBuilder("Layers, the highest first:\n");
    rows.forEach(row -> print(row, out));
    return out.toString();
  }

  /// The number of instances, with how many there are of each kind: `3 (2 containers, 1 process)`.
  static String instances(Node node) {
    String kinds =
        node.getInstanceKindsList().stream()
            .map(LayerText::count)
            .collect(Collectors.joining(", "));
    return node.getInstances() + (kinds.isEmpty() ? "" : " (" + kinds + ")");
  }

  private static String count(KindCount count) {
    boolean one = count.getCount() == 1;
    String word =
        switch (count.getKind()) {
          case KIND_CONTAINER -> one ? "container" : "containers";
          case KIND_VM -> one ? "machine" : "machines";
          case KIND_PROCESS -> one ? "process" : "processes";
          case KIND_UNSPECIFIED, UNRECOGNIZED -> one ? "other" : "others";
        };
    return count.getCount() + " " + word;
  }

  /// How far above the ground a layer is; runtimes are side by side, on top of all others.
  private static int height(Layer layer) {
    return switch (layer.getKind()) {
      case LAYER_KIND_HARDWARE -> 0;
      case LAYER_KIND_FIRMWARE -> 1;
      case LAYER_KIND_VIRTUALIZATION -> 2;
      case LAYER_KIND_KERNEL -> 3;
      case LAYER_KIND_CGROUP -> 4;
      case LAYER_KIND_OPERATING_SYSTEM -> 5;
      case LAYER_KIND_SYSTEM_LIBRARY -> 6;
      case LAYER_KIND_PROCESS_RUNTIME -> RUNTIMES;
      case LAYER_KIND_HYPERVISOR -> RUNTIMES + 1;
      case LAYER_KIND_CONTAINER_RUNTIME -> RUNTIMES + 2;
      case LAYER_KIND_UNSPECIFIED, UNRECOGNIZED -> RUNTIMES + 3;
    };
  }

  private static String floor(LayerKind kind) {
    return switch (kind) {
      case LAYER_KIND_HARDWARE -> "hardware";
      case LAYER_KIND_FIRMWARE -> "firmware";
      case LAYER_KIND_VIRTUALIZATION -> "virtualization";
      case LAYER_KIND_KERNEL -> "kernel";
      case LAYER_KIND_CGROUP -> "cgroups";
      case LAYER_KIND_OPERATING_SYSTEM -> "operating system";
      case LAYER_KIND_SYSTEM_LIBRARY -> "C library";
      case LAYER_KIND_PROCESS_RUNTIME -> "process runtime";
      case LAYER_KIND_HYPERVISOR -> "hypervisor";
      case LAYER_KIND_CONTAINER_RUNTIME -> "container runtime";
      case LAYER_KIND_UNSPECIFIED, UNRECOGNIZED -> "other";
    };
  }

  private static Row away(DriverDescription driver) {
    LayerKind kind =
        switch (driver.getKind()) {
          case KIND_CONTAINER -> LayerKind.LAYER_KIND_CONTAINER_RUNTIME;
          case KIND_VM -> LayerKind.LAYER_KIND_HYPERVISOR;
          case KIND_PROCESS -> LayerKind.LAYER_KIND_PROCESS_RUNTIME;
          case KIND_UNSPECIFIED, UNRECOGNIZED -> LayerKind.LAYER_KIND_UNSPECIFIED;
        };
    String why = driver.getMessage().isEmpty() ? "" : ": " + driver.getMessage();
    return new Row(floor(kind), driver.getName() + " is away" + why, Map.of());
  }

  private static Row row(Layer layer, List<DriverDescription> drivers) {
    Map<String, String> details = new TreeMap<>();
    new TreeMap<>(layer.getAttributesMap())
        .forEach(
            (key, value) -> {
              Matcher device = OF_DEVICE.matcher(key);
              if (device.matches()) {
                String name = device.group(1) + " " + device.group(2);
                details.merge(name, field(device.group(3), value), LayerText::together);
              } else {
                details.put(words(key), value.isEmpty() ? "none" : value(key, value));
              }
            });
    String driver = layer.getAttributesOrDefault("driver", layer.getName());
    drivers.stream()
        .filter(each -> isRuntime(layer) && each.getName().equals(driver))
        .findFirst()
        .filter(each -> each.getCapabilitiesCount() > 0)
        .ifPresent(each -> details.put("can", String.join(" ", each.getCapabilitiesList())));
    String version = layer.getVersion().isEmpty() ? "" : " " + layer.getVersion();
    return new Row(floor(layer.getKind()), layer.getName() + version, details);
  }

  private static boolean isRuntime(Layer layer) {
    return height(layer) >= RUNTIMES;
  }

  private static String together(String some, String more) {
    return some + ", " + more;
  }

  private static String field(String field, String value) {
    return switch (field) {
      case "rotational" -> value.equals("true") ? "rotating" : "solid state";
      case "cpus" -> "CPUs " + value;
      default -> value(field, value);
    };
  }

  private static String value(String key, String value) {
    if (key.endsWith("bytes") && value.matches("[0-9]{1,18}")) {
      return Quantity.roundedMemory(Long.parseLong(value));
    }
    return key.endsWith("_mbits") ? value + " Mbit/s" : value;
  }

  /// The unit is told with the value.
  private static String words(String key) {
    return key.replaceFirst("_(bytes|mbits)$", "").replace('_', ' ').replace("cpu", "CPU");
  }

  private static void print(Row row, StringBuilder out) {
    String floor = Printable.escape(row.floor());
    out.append(INDENT).append(floor).repeat(' ', Math.max(1, FLOOR_WIDTH - floor.length()));
    out.append(Printable.escape(row.what())).append('\n');
    int width = row.details().keySet().stream().mapToInt(String::length).max().orElse(0) + 2;
    row.details()
        .forEach(
            (name, value) -> {
              out.append(INDENT).repeat(' ', FLOOR_WIDTH).append(INDENT);
              out.append(Printable.escape(name)).repeat(' ', width - name.length());
              out.append(Printable.escape(value)).append('\n');
            });
  }
}
