package dev.berth.controller.core.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Specs;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.spec.HostDevice;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.Kind;
import dev.berth.v1.Node;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.NodeState;
import dev.berth.v1.PortBinding;
import dev.berth.v1.PortProtocol;
import dev.berth.v1.PortSpec;
import dev.berth.v1.Resources;
import dev.berth.v1.VmDisk;
import dev.berth.v1.VmFirmware;
import dev.berth.v1.VmSpec;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

final class SchedulerTest {
  private static final WorkloadKey WEB = new WorkloadKey("default", "web");

  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);
  private final Scheduler scheduler = new Scheduler();
  private ClusterState state = ClusterState.empty("cluster", 1);
  private int made;

  private void node(String name, NodeDescription.Builder description) {
    node(Node.newBuilder().setName(name).setDescription(description), NodeState.NODE_STATE_READY);
  }

  private void node(Node.Builder node, NodeState nodeState) {
    state =
        state.plus(
            new NodeRecord(
                node.build(),
                1,
                new NodeRecord.Liveness(
                    nodeState, "", 0, null, new NodeRecord.Session(1, 0, 0, 0, 0))));
  }

  private Placement place(WorkloadSpec.Builder spec) {
    state =
        state.plus(
            new WorkloadRecord(
                Workload.newBuilder().setNamespace("default").setName("web").setSpec(spec).build(),
                1,
                "",
                ByteString.EMPTY,
                TreePMap.empty()));
    return scheduler
        .place(
            state,
            PlacementRequest.of(WEB, spec.build(), List.of(new PlacementRequest.Slot(1, null))),
            new Scheduler.Circumstances(_ -> Integer.MAX_VALUE, true),
            random)
        .getFirst();
  }

  private String placed(WorkloadSpec.Builder spec) {
    return switch (place(spec)) {
      case Placement.Placed placed -> {
        reserve(placed, spec.build());
        yield placed.node();
      }
      case Placement.Preempting preempting -> preempting.message();
      case Placement.Unplaced unplaced -> unplaced.message();
    };
  }

  private void reserve(Placement.Placed placed, WorkloadSpec spec) {
    state =
        state.plus(
            new InstanceRecord(
                Instance.newBuilder()
                    .setId("i" + ++made)
                    .setNamespace("default")
                    .setWorkload("web")
                    .setSlot(made)
                    .setNode(placed.node())
                    .addAllPorts(placed.ports())
                    .addAllDevices(placed.devices())
                    .setStatus(
                        InstanceStatus.newBuilder().setState(InstanceState.INSTANCE_STATE_RUNNING))
                    .build(),
                InstanceRecord.Attempt.FIRST,
                spec.getResources(),
                0,
                null,
                InstanceRecord.Timing.NONE,
                null));
  }

  private static WorkloadSpec.Builder sized(long cpuMillis, long memoryMib) {
    return Specs.service(1)
        .setResources(
            Resources.newBuilder().setCpuMillis(cpuMillis).setMemoryBytes(memoryMib << 20));
  }

  @Test
  void fillsOneNodeBeforeTheNext() {
    node("a", Specs.host(2_000, 2_048));
    node("b", Specs.host(2_000, 2_048));
    for (int i = 0; i < 4; i++) {
      assertEquals("a", placed(sized(500, 512)));
    }
    assertEquals("b", placed(sized(500, 512)));
  }

  @Test
  void spreadsWhatAsksForIt() {
    node("a", Specs.host(4_000, 4_096));
    node("b", Specs.host(4_000, 4_096));
    node("c", Specs.host(4_000, 4_096));
    WorkloadSpec.Builder spec = sized(100, 64);
    spec.getPlacementBuilder().addSpread("node.name");
    Set<String> used = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      used.add(placed(spec));
    }
    assertEquals(Set.of("a", "b", "c"), used);
  }

  @Test
  void countsTheReasonsOfAllNodes() {
    node("a", Specs.host(200, 4_096));
    node("b", Specs.host(100, 4_096));
    node("c", Specs.host(4_000, 100));
    node(
        Node.newBuilder().setName("d").setDescription(Specs.host(4_000, 4_096)),
        NodeState.NODE_STATE_SUSPECT);
    node("e", Specs.host(4_000, 4_096).clearDrivers());
    assertEquals(
        "0 of 5 nodes fit: 2 CPU (need 500m, at most 200m free), 1 memory (need 512Mi, at most"
            + " 100Mi free), 1 suspect, 1 without a usable container driver",
        placed(sized(500, 512)));
  }

  @Test
  void saysHowToGetANodeWhenThereIsNone() {
    assertTrue(placed(sized(100, 64)).contains("berth token create"));
  }

  private static DriverDescription.Builder driver(String name, String... capabilities) {
    return DriverDescription.newBuilder()
        .setName(name)
        .setKind(Kind.KIND_VM)
        .setAvailable(true)
        .addAllCapabilities(List.of(capabilities));
  }

  private static WorkloadSpec.Builder machine(VmSpec.Builder vm) {
    return sized(100, 64).setVm(vm.setDisk(VmDisk.newBuilder().setImage("disk")));
  }

  @Test
  void aMachineGoesWhereTheDriverIsThatItChose() {
    node("a", Specs.host(4_000, 4_096).addDrivers(driver("libvirt")));
    node(
        "b",
        Specs.host(4_000, 4_096).addDrivers(driver("libvirt")).addDrivers(driver("libvirt-qemu")));
    assertEquals("b", placed(machine(VmSpec.newBuilder().setDriver("libvirt-qemu"))));
    assertEquals(
        "0 of 2 nodes fit: 2 without a usable vm driver libvirt-xen",
        placed(machine(VmSpec.newBuilder().setDriver("libvirt-xen"))));
    assertEquals(
        "0 of 2 nodes fit: 2 without a usable vm driver docker",
        placed(machine(VmSpec.newBuilder().setDriver("docker"))));
  }

  @Test
  void aDriverThatWasChosenAndIsAwayIsWaitedFor() {
    node(
        "a",
        Specs.host(4_000, 4_096)
            .addDrivers(driver("libvirt"))
            .addDrivers(driver("libvirt-xen").setAvailable(false).setMessage("no answer")));
    assertEquals(
        "0 of 1 node fits: 1 without a usable vm driver libvirt-xen (libvirt-xen: no answer)",
        placed(machine(VmSpec.newBuilder().setDriver("libvirt-xen"))));
    assertEquals("a", placed(machine(VmSpec.newBuilder())));
  }

  @Test
  void oneDriverHasAllThatAMachineNeeds() {
    node(
        "a",
        Specs.host(4_000, 4_096)
            .addDrivers(driver("libvirt", "paravirtual"))
            .addDrivers(driver("libvirt-qemu", "kvm"))
            .addDrivers(driver("libvirt-qemu-2", "uefi")));
    assertEquals("a", placed(machine(VmSpec.newBuilder().setRequireKvm(true))));
    VmSpec.Builder modern = VmSpec.newBuilder().setFirmware(VmFirmware.VM_FIRMWARE_UEFI);
    assertEquals("a", placed(machine(modern.clone())));
    assertEquals(
        "0 of 1 node fits: 1 without hardware acceleration (KVM) that works",
        placed(machine(modern.clone().setRequireKvm(true))));
    assertEquals(
        "0 of 1 node fits: 1 with a hypervisor for machines of a kernel alone",
        placed(machine(VmSpec.newBuilder().setDriver("libvirt"))));
  }

  @Test
  void aDeviceOfTheHostIsGivenToOneMachineWhereItIsAllowed() {
    HostDevice card = HostDevice.parse("pci:0000:01:00.0");
    WorkloadSpec.Builder machine = machine(VmSpec.newBuilder().addHostDevices(card.toProto()));
    node("a", Specs.host(4_000, 4_096).addDrivers(driver("libvirt")));
    NodeDescription.Builder withheld = Specs.host(4_000, 4_096).addDrivers(driver("libvirt"));
    withheld.addWithheldDevicesBuilder().setName(card.sort()).setReason("no IOMMU");
    node("b", withheld);
    assertEquals(
        "0 of 2 nodes fit: 1 unable to give the host device pci:0000:01:00.0 (no IOMMU), 1 without"
            + " the host device pci:0000:01:00.0 (not allowed there)",
        placed(machine));
    node("c", Specs.host(4_000, 4_096).addDrivers(driver("libvirt")).addDevices(card.device()));
    if (!(place(machine) instanceof Placement.Placed placed)) {
      throw new AssertionError("not placed");
    }
    assertEquals("c", placed.node());
    assertEquals(List.of(card.device()), placed.devices());
    reserve(placed, machine.build());
    assertEquals(
        "0 of 3 nodes fit: 1 host device pci:0000:01:00.0 in use, 1 unable to give the host device"
            + " pci:0000:01:00.0 (no IOMMU), 1 without the host device pci:0000:01:00.0 (not"
            + " allowed there)",
        placed(machine));
  }

  @Test
  void saysWhyADeviceThatIsAllowedCannotBeGiven() {
    NodeDescription.Builder withheld = Specs.host(4_000, 4_096).addDrivers(driver("libvirt"));
    HostDevice stick = HostDevice.parse("usb:1234:5678");
    withheld.addWithheldDevicesBuilder().setName(stick.sort()).setReason("there is no such device");
    node("a", withheld);
    assertEquals(
        "0 of 1 node fits: 1 unable to give the host device usb:1234:5678 (there is no such"
            + " device)",
        placed(machine(VmSpec.newBuilder().addHostDevices(stick.toProto()))));
  }

  @Test
  void givesAFixedPortOutOnceANode() {
    node("a", Specs.host(4_000, 4_096));
    node("b", Specs.host(4_000, 4_096));
    WorkloadSpec.Builder spec =
        sized(100, 64)
            .addPorts(
                PortSpec.newBuilder()
                    .setTarget(80)
                    .setPublish(8080)
                    .setProtocol(PortProtocol.PORT_PROTOCOL_TCP));
    assertEquals("a", placed(spec));
    assertEquals("b", placed(spec));
    assertEquals("0 of 2 nodes fit: 2 port 8080 in use", placed(spec));
  }

  @Test
  void givesEachDynamicPortOutOnceUntilTheyAreUsedUp() {
    node("a", Specs.host(40_000, 40_960));
    WorkloadSpec.Builder spec = sized(1, 1);
    for (int i = 0; i < 10; i++) {
      spec.addPorts(
          PortSpec.newBuilder().setTarget(1000 + i).setProtocol(PortProtocol.PORT_PROTOCOL_TCP));
    }
    Set<Integer> given = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      assertTrue(place(spec) instanceof Placement.Placed, "round " + i);
      if (place(spec) instanceof Placement.Placed placed) {
        for (PortBinding port : placed.ports()) {
          assertTrue(port.getHostPort() >= 20_000 && port.getHostPort() <= 20_099);
          assertTrue(given.add(port.getHostPort()), "twice: " + port);
        }
        reserve(placed, spec.build());
      }
    }
    assertEquals("0 of 1 node fits: 1 dynamic ports used up", placed(spec));
  }
}
