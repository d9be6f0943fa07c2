package dev.berth.agent;

import dev.berth.agent.image.RegistryTrust;
import dev.berth.agent.reclaim.ReclaimRules;
import dev.berth.client.ControllerAddress;
import dev.berth.spec.Durations;
import dev.berth.spec.HostDevice;
import dev.berth.spec.Names;
import dev.berth.spec.Quantity;
import dev.berth.v1.Device;
import dev.berth.v1.Resources;
import java.io.IOException;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// How the agent runs. Given as `--key=value`, or as `key=value` in the file named by `--config`;
/// the command line wins. Unknown keys are errors.
///
/// @param dataDir where the agent keeps its key, its certificate and its journal
/// @param cluster whom to dial and how to join
/// @param node name of the node
/// @param metricsAddress where metrics are served; port 0: any free one
/// @param dockerHost the Docker daemon
/// @param machines where virtual machines run
/// @param offer what the node offers to instances
public record AgentConfig(
    Path dataDir,
    Cluster cluster,
    String node,
    InetSocketAddress metricsAddress,
    URI dockerHost,
    Machines machines,
    Offer offer) {

  private static final Duration IMAGE_KEEP_MIN = Duration.ofHours(1);
  private static final int HOST_DEVICES_MAX = 64;

  private static final List<String> KEYS =
      List.of(
          "data-dir",
          "controllers",
          "join-address",
          "token-file",
          "node",
          "address",
          "metrics-address",
          "docker-host",
          "libvirt-uri",
          "xen-console-logs",
          "keep-forwarding",
          "device",
          "allow-host-devices",
          "image-keep",
          "image-gc-above",
          "image-gc-until",
          "image-gc-min-age",
          "registry-certs",
          "dynamic-ports",
          "capacity-cpu",
          "capacity-memory");

  /// Whom to dial and how to join.
  ///
  /// @param controllers addresses of the controllers, tried in this order; empty for
  ///     `stop-instances`
  /// @param joinAddresses where hosts join; may be empty once the host has joined
  /// @param tokenFile holds the token; needed once
  public record Cluster(
      List<ControllerAddress> controllers,
      List<ControllerAddress> joinAddresses,
      Optional<Path> tokenFile) {
    public Cluster {
      controllers = List.copyOf(controllers);
      joinAddresses = List.copyOf(joinAddresses);
    }
  }

  /// Where virtual machines run.
  ///
  /// @param libvirt the connections to hypervisors, the first counts most; empty: no virtual
  ///     machines
  /// @param xenConsoles the directory in which xenconsoled keeps what Xen's guests write; empty:
  ///     it keeps nothing
  /// @param keepForwarding whether the agent keeps rules in packet filters that let the packets of
  ///     machines on bridges through beside Docker's
  /// @param hostDevices what machines may have of the host's devices
  /// @param registryCerts the directory with certificates of the authorities of registries that
  ///     disks come from, laid out as Docker's
  public record Machines(
      List<LibvirtAddress> libvirt,
      Optional<Path> xenConsoles,
      boolean keepForwarding,
      List<HostDevice> hostDevices,
      Path registryCerts) {
    public Machines {
      libvirt = List.copyOf(libvirt);
      hostDevices = List.copyOf(hostDevices);
    }

    private String connections() {
      return libvirt.isEmpty()
          ? "none"
          : libvirt.stream()
              .map(each -> each.uri() + " (" + each.driver() + ")")
              .collect(Collectors.joining(","));
    }
  }

  /// What the node offers to instances.
  ///
  /// @param address address under which published ports are reached; empty: the one that
  ///     controllers see
  /// @param ports the range of ports that are chosen for instances
  /// @param capacity what instances may use together; 0: what the host has
  /// @param devices given to instances besides the GPUs and render nodes that are found
  /// @param imageKeep how long images of virtual machines that nobody gave a name are kept after
  ///     their last use
  /// @param reclaim when images of containers give back room
  public record Offer(
      Optional<String> address,
      PortRange ports,
      Resources capacity,
      List<Device> devices,
      Duration imageKeep,
      ReclaimRules reclaim) {
    public Offer {
      devices = List.copyOf(devices);
    }
  }

  /// A range of ports, both ends included.
  public record PortRange(int first, int last) {
    static PortRange parse(String text) {
      String[] ends = text.split("-", -1);
      try {
        int first = Integer.parseInt(ends[0]);
        int last = Integer.parseInt(ends[ends.length - 1]);
        if (ends.length == 2 && first >= 1 && last <= 65_535 && first <= last) {
          return new PortRange(first, last);
        }
      } catch (NumberFormatException _) {
        // Said below, together with all else that is no range.
      }
      throw new IllegalArgumentException(
          "value: \"" + text + "\" (expected: two ports such as 20000-32000)");
    }
  }

  /// Reads the configuration.
  ///
  /// @param hostName the host's own name, the default of `node`
  /// @throws ConfigException with what is wrong, where, and what to do next
  public static AgentConfig parse(List<String> arguments, String hostName) throws ConfigException {
    Map<String, String> values = values(arguments);
    String node = values.getOrDefault("node", hostName.toLowerCase(Locale.ROOT));
    String problem = Names.nodeProblem(node);
    if (problem != null) {
      throw new ConfigException("--node: " + problem);
    }
    return new AgentConfig(
        required(values, "data-dir", Path::of).toAbsolutePath(),
        new Cluster(
            value(values, "controllers", "", AgentConfig::addresses),
            value(values, "join-address", "", AgentConfig::addresses),
            Optional.ofNullable(values.get("token-file")).map(Path::of)),
        node,
        value(values, "metrics-address", "127.0.0.1:9642", AgentConfig::socket),
        value(values, "docker-host", "unix:///var/run/docker.sock", URI::create),
        new Machines(
            value(values, "libvirt-uri", "auto", LibvirtAddress::parse),
            Optional.ofNullable(values.get("xen-console-logs"))
                .map(path -> Path.of(path).toAbsolutePath()),
            value(values, "keep-forwarding", "true", AgentConfig::yesOrNo),
            value(values, "allow-host-devices", "", AgentConfig::hostDevices),
            value(values, "registry-certs", RegistryTrust.DOCKERS.toString(), Path::of)
                .toAbsolutePath()),
        new Offer(
            Optional.ofNullable(values.get("address")),
            value(values, "dynamic-ports", "20000-32000", PortRange::parse),
            Resources.newBuilder()
                .setCpuMillis(value(values, "capacity-cpu", "0", Quantity::parseCpuMillis))
                .setMemoryBytes(value(values, "capacity-memory", "0", Quantity::parseMemoryBytes))
                .build(),
            value(values, "device", "", AgentConfig::devices),
            value(values, "image-keep", "7d", AgentConfig::keep),
            reclaim(values)));
  }

  /// The configuration in effect, in one line, without secrets.
  String describe() {
    return "data-dir="
        + dataDir
        + " controllers="
        + cluster.controllers()
        + " join-address="
        + cluster.joinAddresses()
        + " node="
        + node
        + " address="
        + offer.address().orElse("(found out)")
        + " metrics-address="
        + metricsAddress.getHostString()
        + ":"
        + metricsAddress.getPort()
        + " docker-host="
        + dockerHost
        + " libvirt-uri="
        + machines.connections()
        + machines.xenConsoles().map(path -> " xen-console-logs=" + path).orElse("")
        + " keep-forwarding="
        + machines.keepForwarding()
        + " allow-host-devices="
        + machines.hostDevices().stream().map(HostDevice::toString).collect(Collectors.joining(","))
        + " dynamic-ports="
        + offer.ports().first()
        + "-"
        + offer.ports().last()
        + " capacity-cpu="
        + Quantity.formatCpu(offer.capacity().getCpuMillis())
        + " capacity-memory="
        + Quantity.formatMemory(offer.capacity().getMemoryBytes())
        + " device="
        + offer.devices().stream()
            .map(each -> each.getName() + "=" + each.getId())
            .collect(Collectors.joining(","))
        + " image-keep="
        + Durations.format(offer.imageKeep())
        + " image-gc-above="
        + offer.reclaim().fullPercent()
        + "% image-gc-until="
        + offer.reclaim().enoughPercent()
        + "% image-gc-min-age="
        + Durations.format(offer.reclaim().minimumAge())
        + " registry-certs="
        + machines.registryCerts();
  }

  private static Map<String, String> values(List<String> arguments) throws ConfigException {
    Map<String, String> given = new TreeMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (!argument.startsWith("--") || equals < 0) {
        throw new ConfigException(
            "argument: \"" + argument + "\" (expected: --key=value with one of " + KEYS + ")");
      }
      String key = argument.substring(2, equals);
      if (given.put(key, argument.substring(equals + 1)) != null) {
        throw new ConfigException("--" + key + ": given twice");
      }
    }
    Map<String, String> values = new TreeMap<>();
    String file = given.remove("config");
    if (file != null) {
      values.putAll(read(Path.of(file)));
    }
    values.putAll(given);
    List<String> unknown = new ArrayList<>(values.keySet());
    unknown.removeAll(KEYS);
    if (!unknown.isEmpty()) {
      throw new ConfigException(
          unknown.getFirst() + ": unknown key (expected: one of " + KEYS + ")");
    }
    return values;
  }

  private static Map<String, String> read(Path file) throws ConfigException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigException("--config: " + file + ": cannot be read: " + e.getMessage());
    }
    Map<String, String> values = new TreeMap<>();
    for (String key : properties.stringPropertyNames()) {
      values.put(key, properties.getProperty(key));
    }
    return values;
  }

  private static <T> T required(Map<String, String> values, String key, Function<String, T> read)
      throws ConfigException {
    if (!values.containsKey(key)) {
      throw new ConfigException("--" + key + ": missing (expected: --" + key + "=…)");
    }
    return value(values, key, "", read);
  }

  private static <T> T value(
      Map<String, String> values, String key, String otherwise, Function<String, T> read)
      throws ConfigException {
    try {
      return read.apply(values.getOrDefault(key, otherwise));
    } catch (IllegalArgumentException e) {
      throw new ConfigException("--" + key + ": " + e.getMessage());
    }
  }

  private static List<ControllerAddress> addresses(String text) {
    return text.isEmpty() ? List.of() : ControllerAddress.parseList(text);
  }

  private static boolean yesOrNo(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new IllegalArgumentException("value: \"" + text + "\" (expected: true or false)");
    };
  }

  private static Duration keep(String text) {
    Duration keep = Durations.parse(text);
    if (keep.compareTo(IMAGE_KEEP_MIN) < 0) {
      throw new IllegalArgumentException(
          "value: \"" + text + "\" (expected: at least " + Durations.format(IMAGE_KEEP_MIN) + ")");
    }
    return keep;
  }

  private static ReclaimRules reclaim(Map<String, String> values) throws ConfigException {
    int above = value(values, "image-gc-above", "85%", text -> percent(text, 1));
    String usual = Math.max(0, above - 5) + "%";
    int until = value(values, "image-gc-until", usual, text -> percent(text, 0));
    if (until > above) {
      throw new ConfigException(
          "--image-gc-until: value: \"%d%%\" (expected: at most --image-gc-above, %d%%)"
              .formatted(until, above));
    }
    return new ReclaimRules(
        above, until, value(values, "image-gc-min-age", "5m", Durations::parse));
  }

  private static int percent(String text, int least) {
    String digits = text.endsWith("%") ? text.substring(0, text.length() - 1) : text;
    if (!digits.matches("[0-9]{1,3}")
        || Integer.parseInt(digits) < least
        || Integer.parseInt(digits) > 100) {
      throw new IllegalArgumentException(
          "value: \"" + text + "\" (expected: " + least + "% to 100%)");
    }
    return Integer.parseInt(digits);
  }

  private static List<HostDevice> hostDevices(String text) {
    List<HostDevice> devices =
        text.isEmpty()
            ? List.of()
            : Stream.of(text.split(",", -1)).map(HostDevice::parse).distinct().toList();
    if (devices.size() > HOST_DEVICES_MAX) {
      throw new IllegalArgumentException(
          "count: " + devices.size() + " (expected: at most " + HOST_DEVICES_MAX + " devices)");
    }
    return devices;
  }

  private static List<Device> devices(String text) {
    List<Device> devices = new ArrayList<>();
    for (String one : text.isEmpty() ? List.<String>of() : List.of(text.split(",", -1))) {
      int equals = one.indexOf('=');
      String name = one.substring(0, Math.max(0, equals));
      Path path = Path.of(one.substring(equals + 1));
      boolean good =
          name.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
              && path.startsWith("/dev")
              && path.getNameCount() > 1
              && path.equals(path.normalize());
      if (!good) {
        throw new IllegalArgumentException(
            "value: \"" + one + "\" (expected: name=/dev/path, such as tpu=/dev/accel0)");
      }
      devices.add(Device.newBuilder().setName(name).setId(path.toString()).build());
    }
    return devices;
  }

  private static InetSocketAddress socket(String text) {
    int colon = text.lastIndexOf(':');
    String digits = text.substring(colon + 1);
    if (colon < 1 || !digits.matches("[0-9]{1,5}") || Integer.parseInt(digits) > 65_535) {
      throw new IllegalArgumentException("value: \"" + text + "\" (expected: host:port)");
    }
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    return new InetSocketAddress(
        bracketed ? host.substring(1, host.length() - 1) : host, Integer.parseInt(digits));
  }

  /// A configuration that cannot be used.
  public static final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    ConfigException(String message) {
      super(message);
    }
  }
}
