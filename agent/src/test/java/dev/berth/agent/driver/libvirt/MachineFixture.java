package dev.berth.agent.driver.libvirt;

import dev.berth.agent.boot.ConsoleFollower;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Labels;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.RuntimeDriverContractTest;
import dev.berth.agent.image.HttpImages;
import dev.berth.agent.image.ImageException;
import dev.berth.agent.image.ImageStore;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import dev.berth.spec.WorkloadDefaults;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.Resources;
import dev.berth.v1.VmDisk;
import dev.berth.v1.VmSpec;
import dev.berth.v1.WorkloadSpec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/// Machines of an owner of its own, whose files are in a directory of its own.
final class MachineFixture implements RuntimeDriverContractTest.Fixture {
  static final String THAT_RUNS = "test/runs";
  static final String THAT_ENDS = "test/ends";
  private static final String ENDS = "ends";
  static final String GREETING = "hello from the first sector\r\n";

  private final URI uri;
  private final Function<URI, Hypervisor> hypervisors;
  private final Path directory;
  private final ConsoleFollower consoles;
  private final ImageStore images;
  private final String cluster = UUID.randomUUID().toString();
  private final List<LibvirtDriver> drivers = new ArrayList<>();
  private final LibvirtDriver driver;

  /// @param hypervisors makes one for each driver
  MachineFixture(URI uri, Function<URI, Hypervisor> hypervisors) throws IOException {
    this.uri = uri;
    this.hypervisors = hypervisors;
    directory = Files.createTempDirectory(Path.of("/tmp"), "bm");
    consoles = ConsoleFollower.open(Threads.virtual(), AgentClock.system());
    images = ImageStore.open(directory.resolve("images"), new HttpImages());
    add(THAT_RUNS, BootSector.thatSays(GREETING));
    add(THAT_ENDS, BootSector.thatSaysAndEnds(GREETING));
    driver = open("node-1");
  }

  /// Puts an image into the store.
  void add(String name, byte[] content) throws IOException {
    try {
      var _ = images.add(name, new ByteArrayInputStream(content), "");
    } catch (ImageException e) {
      throw new IOException(e);
    }
  }

  private LibvirtDriver open(String node) throws IOException {
    LibvirtDriver opened =
        new LibvirtDriver(
            uri,
            new Owner(cluster, node),
            LibvirtDriver.Place.open(
                directory.resolve("machines"), images, consoles, AgentClock.system()),
            hypervisors.apply(uri));
    drivers.add(opened);
    return opened;
  }

  @Override
  public LibvirtDriver driver() {
    return driver;
  }

  @Override
  public RuntimeDriver again() {
    return reopened("node-1");
  }

  @Override
  public RuntimeDriver ofAnotherNode() {
    return reopened("node-2");
  }

  private LibvirtDriver reopened(String node) {
    try {
      return open(node);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public AssignedInstance thatRuns() {
    return instance(THAT_RUNS);
  }

  @Override
  public AssignedInstance thatEndsWith(int exitCode) {
    return instance(THAT_ENDS).toBuilder().setWorkload(ENDS).build();
  }

  /// Whether a machine is one that ends by itself.
  static boolean ends(Map<String, String> labels) {
    return ENDS.equals(labels.get(Labels.WORKLOAD));
  }

  /// A machine has no exit code: one that its guest ended has done its work.
  @Override
  public int exitCode(int asked) {
    return 0;
  }

  @Override
  public AssignedInstance thatCannotBePrepared() {
    return instance("test/missing");
  }

  /// A machine that boots from an image of the store.
  AssignedInstance instance(String image) {
    return instance(VmSpec.newBuilder().setDisk(VmDisk.newBuilder().setImage(image)));
  }

  AssignedInstance instance(VmSpec.Builder vm) {
    WorkloadSpec spec =
        WorkloadDefaults.fill(
            WorkloadSpec.newBuilder()
                .setVm(vm)
                .setResources(Resources.newBuilder().setCpuMillis(1_000).setMemoryBytes(32L << 20))
                .build());
    return AssignedInstance.newBuilder()
        .setInstanceId(UUID.randomUUID().toString().replace("-", ""))
        .setNamespace("default")
        .setWorkload("contract")
        .setSlot(1)
        .setSpec(spec)
        .build();
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() throws IOException {
    if (driver.recover() instanceof Listing.Complete left) {
      left.observations().forEach(this::remove);
    }
    drivers.forEach(LibvirtDriver::close);
    consoles.close();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  private void remove(Observation one) {
    try {
      driver.remove(one.handle());
    } catch (DriverException e) {
      throw new IllegalStateException(e);
    }
  }
}
