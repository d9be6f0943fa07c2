package dev.berth.agent.facts;

import dev.berth.agent.driver.DriverReport;
import dev.berth.agent.port.FactsSource;
import dev.berth.spec.HostDevice;
import dev.berth.v1.Device;
import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.Resources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Describes the host: its own layers, read anew every five minutes since disks and network cards
/// come and go, and those that its runtimes say of themselves.
public final class NodeFacts implements FactsSource {
  private static final long FRESH_NANOS = Duration.ofMinutes(5).toNanos();

  private final Path root;
  private final FactsSettings settings;
  private final ReentrantLock reading = new ReentrantLock();
  private @Nullable HostFacts facts;
  private long readAtNanos;

  /// @param root where the host's file system is seen: `/`
  /// @param settings what an operator says of the host
  public NodeFacts(Path root, FactsSettings settings) {
    this.root = root;
    this.settings = settings;
  }

  @Override
  public NodeDescription describe(List<DriverReport> drivers) {
    HostFacts host = host();
    Resources wanted = settings.capacityOverride();
    HostDeviceProbe forMachines = HostDeviceProbe.read(root, settings.hostDevices());
    List<Device> devices =
        Stream.concat(
                forMachines.usable().stream().map(HostDevice::device),
                DeviceProbe.read(root, settings.devices()).stream())
            .limit(DeviceProbe.DEVICES_MAX)
            .toList();
    NodeDescription.Builder description =
        NodeDescription.newBuilder()
            .setAddress(settings.address())
            .setCapacity(
                Resources.newBuilder()
                    .setCpuMillis(
                        wanted.getCpuMillis() > 0
                            ? wanted.getCpuMillis()
                            : host.capacity().getCpuMillis())
                    .setMemoryBytes(
                        wanted.getMemoryBytes() > 0
                            ? wanted.getMemoryBytes()
                            : host.capacity().getMemoryBytes())
                    .addAllDevices(DeviceProbe.count(devices)))
            .addAllDevices(devices)
            .addAllWithheldDevices(forMachines.withheld())
            .addAllLayers(withKvmTried(host.layers(), drivers))
            .setAgentVersion(settings.agentVersion())
            .setBootId(host.bootId())
            .setDynamicPortFirst(settings.dynamicPortFirst())
            .setDynamicPortLast(settings.dynamicPortLast())
            .setArchitecture(host.architecture())
            .setOperatingSystem("linux");
    for (DriverReport report : drivers) {
      description.addDrivers(report.description());
      description.addAllLayers(report.layers());
    }
    return description.build();
  }

  /// A driver that tried KVM knows better than what can be read.
  private static List<Layer> withKvmTried(List<Layer> layers, List<DriverReport> drivers) {
    Optional<String> tried =
        drivers.stream()
            .flatMap(driver -> driver.layers().stream())
            .map(layer -> layer.getAttributesOrDefault("kvm", ""))
            .filter(verdict -> !verdict.isEmpty())
            .findFirst();
    return tried.isEmpty()
        ? layers
        : layers.stream().map(layer -> withKvmTried(layer, tried.get())).toList();
  }

  private static Layer withKvmTried(Layer layer, String verdict) {
    return layer.getKind() == LayerKind.LAYER_KIND_VIRTUALIZATION
        ? layer.toBuilder()
            .putAttributes(
                "can_run_vms",
                verdict.equals("usable")
                    ? "yes: a guest ran with /dev/kvm"
                    : "emulated ones: /dev/kvm is " + verdict)
            .build()
        : layer;
  }

  private HostFacts host() {
    reading.lock();
    try {
      HostFacts known = facts;
      if (known == null || System.nanoTime() - readAtNanos > FRESH_NANOS) {
        known = HostFacts.read(root);
        facts = known;
        readAtNanos = System.nanoTime();
      }
      return known;
    } finally {
      reading.unlock();
    }
  }
}
