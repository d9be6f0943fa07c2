package dev.berth.agent.doctor;

import dev.berth.agent.driver.MachineBridge;
import dev.berth.agent.forwarding.FilterProgram;
import dev.berth.agent.forwarding.FilterState;
import dev.berth.agent.forwarding.FilterTable;
import dev.berth.agent.forwarding.NetworkView;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import dev.berth.v1.NodeDescription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What was seen of a host that is well, and of others that differ from it in one thing.
final class Seen {
  static final String LIMITS =
      """
      Limit                     Soft Limit           Hard Limit           Units
      Max processes             126500               126500               processes
      Max open files            %s                20000                files
      Max locked memory         8388608              8388608              bytes
      """;
  private static final String DF =
      """
      Filesystem     1024-blocks     Used Available Capacity Mounted on
      /dev/vda         264212084 26173972  80216940      %s /
      """;

  private final NodeDescription.Builder node = NodeDescription.newBuilder();
  private final List<FilterState> filters = new ArrayList<>();
  private NetworkView.Bridges bridges = new NetworkView.Bridges.Known(List.of());
  private Duration clockLead = Duration.ofMillis(3);
  private Observations.Socket docker = new Observations.Socket("/var/run/docker.sock", true, true);
  private Optional<String> ipForward = Optional.of("1");
  private Optional<String> bridgeFilter = Optional.empty();
  private Optional<String> limits = Optional.of(LIMITS.formatted("20000"));
  private Optional<String> fileNumber = Optional.of("434\t0\t2466174");
  private List<Observations.Space> spaces = List.of(space("25%", "3%"));

  static Seen well() {
    return new Seen()
        .driver("docker", true, "20.10.24", "")
        .driver("libvirt", true, "9.0.0", "")
        .layer(LayerKind.LAYER_KIND_CGROUP, "cgroup v2", "controllers", "cpu cpuset io memory pids")
        .layer(LayerKind.LAYER_KIND_HYPERVISOR, "qemu", "kvm", "usable");
  }

  static Observations.Space space(String bytes, String inodes) {
    return new Observations.Space(
        "the agent's state",
        "/var/lib/berth",
        Optional.of(DF.formatted(bytes)),
        Optional.of(DF.formatted(inodes)));
  }

  Seen driver(String name, boolean available, String version, String message) {
    without(name);
    node.addDrivers(
        DriverDescription.newBuilder()
            .setName(name)
            .setAvailable(available)
            .setVersion(version)
            .setMessage(message));
    return this;
  }

  Seen without(String driver) {
    List<DriverDescription> others =
        node.getDriversList().stream().filter(each -> !each.getName().equals(driver)).toList();
    node.clearDrivers().addAllDrivers(others);
    return this;
  }

  Seen layer(LayerKind kind, String name, String key, String value) {
    List<Layer> others =
        node.getLayersList().stream().filter(each -> each.getKind() != kind).toList();
    node.clearLayers()
        .addAllLayers(others)
        .addLayers(Layer.newBuilder().setKind(kind).setName(name).putAttributes(key, value));
    return this;
  }

  Seen without(LayerKind kind) {
    List<Layer> others =
        node.getLayersList().stream().filter(each -> each.getKind() != kind).toList();
    node.clearLayers().addAllLayers(others);
    return this;
  }

  Seen clock(Duration lead) {
    clockLead = lead;
    return this;
  }

  Seen socket(boolean exists, boolean opens) {
    docker = new Observations.Socket("/var/run/docker.sock", exists, opens);
    return this;
  }

  Seen bridges(MachineBridge... all) {
    bridges = new NetworkView.Bridges.Known(Arrays.asList(all));
    return this;
  }

  Seen unknownBridges(String reason) {
    bridges = new NetworkView.Bridges.Unknown(reason);
    return this;
  }

  Seen filter(String program, FilterProgram.Flavour flavour, String text) {
    filters.add(
        new FilterState.Seen(new FilterProgram(program, flavour, false), FilterTable.parse(text)));
    return this;
  }

  Seen hiddenFilter(String program, String reason) {
    filters.add(
        new FilterState.Hidden(
            new FilterProgram(program, FilterProgram.Flavour.NFT, false), reason));
    return this;
  }

  Seen kernel(String forward, String bridge) {
    ipForward = Optional.of(forward);
    bridgeFilter = Optional.of(bridge);
    return this;
  }

  Seen files(String limit, String number) {
    limits = Optional.of(LIMITS.formatted(limit));
    fileNumber = Optional.of(number);
    return this;
  }

  Seen spaces(Observations.Space... all) {
    spaces = Arrays.asList(all);
    return this;
  }

  Observations now() {
    return new Observations(
        node.build(),
        clockLead,
        docker,
        new NetworkView(bridges, filters, "berth-1b4e28ba-host-1"),
        new Observations.Kernel(ipForward, bridgeFilter, limits, fileNumber),
        spaces,
        "berth");
  }

  /// The only finding of a check.
  List<Finding> allBy(Check check) {
    return check.of(now());
  }

  Finding by(Check check) {
    List<Finding> findings = allBy(check);
    if (findings.size() != 1) {
      throw new AssertionError("findings: " + findings + " (expected: one)");
    }
    return findings.getFirst();
  }
}
