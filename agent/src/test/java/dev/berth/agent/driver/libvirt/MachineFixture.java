package dev.berth.agent.driver.libvirt;

import com.google.protobuf.ByteString;
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
import dev.berth.spec.HostDevice;
import dev.berth.spec.WorkloadDefaults;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.Resources;
import dev.berth.v1.VmDisk;
import dev.berth.v1.VmKernel;
import dev.berth.v1.VmSpec;
import dev.berth.v1.WorkloadSpec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// Machines of an owner of its own, whose files are in a directory of its own.
final class MachineFixture implements RuntimeDriverContractTest.Fixture {
  static final String THAT_RUNS = "test/runs";
  static final String THAT_ENDS = "test/ends";
  private static final String ENDS = "ends";
  /// Devices that are allowed, and that no host has.
  static final List<HostDevice> ABSENT =
      List.of(HostDevice.parse("pci:ffff:ff:1f.7"), HostDevice.parse("usb:ffff:ffff"));
  static final String GREETING = "hello from the first sector\r\n";

  private final URI uri;
  private final Function<URI, Hypervisor> hypervisors;
  private final Guests guests;
  private final Path directory;
  private final ConsoleFollower consoles;
  private final ImageStore images;
  private final String cluster = UUID.randomUUID().toString();
  private final List<LibvirtDriver> drivers = new ArrayList<>();
  private final LibvirtDriver driver;

  /// What its machines are, and where.
  ///
  /// @param thatRuns an image that writes the greeting to its console and waits
  /// @param thatEnds an image that writes the greeting to its console and ends
  /// @param boots a machine that boots from the image of a name
  /// @param parent of the directory of its files
  /// @param xenConsoles where xenconsoled keeps what guests write
  record Guests(
      ByteString thatRuns,
      ByteString thatEnds,
      Function<String, VmSpec.Builder> boots,
      Path parent,
      Optional<Path> xenConsoles) {
    /// Machines with a BIOS.
    static Guests ofASector() {
      return new Guests(
          ByteString.copyFrom(BootSector.thatSays(GREETING)),
          ByteString.copyFrom(BootSector.thatSaysAndEnds(GREETING)),
          image -> VmSpec.newBuilder().setDisk(VmDisk.newBuilder().setImage(image)),
          Path.of("/tmp"),
          Optional.empty());
    }

    /// Machines that a Xen host starts.
    ///
    /// @param xenConsoles empty: the driver is not told where they are
    static Guests of(PrivateXen xen, Optional<Path> xenConsoles) {
      return new Guests(
          ByteString.copyFrom(XenGuest.thatSays(GREETING)),
          ByteString.copyFrom(XenGuest.thatSaysAndEnds(GREETING)),
          image -> VmSpec.newBuilder().setKernel(VmKernel.newBuilder().setImage(image)),
          xen.share(),
          xenConsoles);
    }
  }

  /// Machines with a BIOS.
  ///
  /// @param hypervisors makes one for each driver
  MachineFixture(URI uri, Function<URI, Hypervisor> hypervisors) throws IOException {
    this(uri, hypervisors, Guests.ofASector());
  }

  MachineFixture(URI uri, Function<URI, Hypervisor> hypervisors, Guests guests) throws IOException {
    this.uri = uri;
    this.hypervisors = hypervisors;
    this.guests = guests;
    directory = Files.createTempDirectory(guests.parent(), "bm");
    consoles = ConsoleFollower.open(Threads.virtual(), AgentClock.system());
    images =
        ImageStore.open(directory.resolve("images"), new HttpImages(), AgentClock.system()::wall);
    add(THAT_RUNS, guests.thatRuns().toByteArray());
    add(THAT_ENDS, guests.thatEnds().toByteArray());
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
            "libvirt",
            uri,
            new Owner(cluster, node),
            LibvirtPlace.open(directory.resolve("machines"), images, consoles, AgentClock.system())
                .withXenConsoles(guests.xenConsoles())
                .withHostDevices(ABSENT),
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
    return instance(guests.boots().apply(image));
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
    Workshop.remove(directory);
  }

  private void remove(Observation one) {
    try {
      driver.remove(one.handle());
    } catch (DriverException e) {
      throw new IllegalStateException(e);
    }
  }
}
