package dev.berth.spec;

import dev.berth.v1.LostPolicy;
import dev.berth.v1.Mount;
import dev.berth.v1.PlacementStrategy;
import dev.berth.v1.PortProtocol;
import dev.berth.v1.PortSpec;
import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.PullPolicy;
import dev.berth.v1.Resources;
import dev.berth.v1.RestartCondition;
import dev.berth.v1.RestartPolicy;
import dev.berth.v1.VmFirmware;
import dev.berth.v1.VmHostDevice;
import dev.berth.v1.VmNic;
import dev.berth.v1.VmSpec;
import dev.berth.v1.VmUserNetwork;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.time.Duration;

/// What a spec means where it says nothing.
public final class WorkloadDefaults {
  /// CPU that a slot requests when it says nothing, in thousandths.
  public static final long REQUESTED_CPU_MILLIS = 100;

  /// Memory that a slot requests when it says nothing, in bytes.
  public static final long REQUESTED_MEMORY_BYTES = 64L << 20;

  /// Time between the polite stop of a container and the kill.
  public static final Duration CONTAINER_STOP_GRACE = Duration.ofSeconds(10);

  /// Time between the polite stop of a virtual machine and its power-off.
  public static final Duration VM_STOP_GRACE = Duration.ofMinutes(2);

  /// Time between the polite stop of a process and the kill.
  public static final Duration PROCESS_STOP_GRACE = Duration.ofSeconds(5);

  /// Machine type of a virtual machine that says nothing.
  public static final String VM_MACHINE = "q35";

  /// Priority of a workload that says nothing.
  public static final int PRIORITY = 50;

  private static final Duration RESTART_DELAY = Duration.ofSeconds(15);

  private WorkloadDefaults() {}

  /// The spec with its defaults written out: names and protocols of ports, the pull policy, the
  /// restart policy, the stop grace, the lost policy, the priority, and the strategy of a placement
  /// that is there. Filling twice changes nothing more. Resources stay as they are, since 0 means
  /// "no limit"; see [#requested].
  public static WorkloadSpec fill(WorkloadSpec spec) {
    WorkloadSpec.Builder filled = spec.toBuilder();
    for (PortSpec.Builder port : filled.getPortsBuilderList()) {
      port.setName(portName(port.build()));
      if (port.getProtocol() == PortProtocol.PORT_PROTOCOL_UNSPECIFIED) {
        port.setProtocol(PortProtocol.PORT_PROTOCOL_TCP);
      }
    }
    if (spec.hasContainer()
        && spec.getContainer().getPull() == PullPolicy.PULL_POLICY_UNSPECIFIED) {
      filled.getContainerBuilder().setPull(PullPolicy.PULL_POLICY_IF_MISSING);
    }
    if (spec.hasVm()) {
      filled.setVm(fillVm(spec.getVm()));
    }
    if (spec.hasProcess()
        && spec.getProcess().getIsolation() == ProcessIsolation.PROCESS_ISOLATION_UNSPECIFIED) {
      filled.getProcessBuilder().setIsolation(ProcessIsolation.PROCESS_ISOLATION_NONE);
    }
    filled.setRestart(fillRestart(spec));
    if (!spec.hasStopGrace()) {
      filled.setStopGrace(Durations.toProto(stopGrace(spec)));
    }
    if (spec.getLostPolicy() == LostPolicy.LOST_POLICY_UNSPECIFIED) {
      filled.setLostPolicy(lostPolicy(spec));
    }
    if (spec.getPriority() == 0) {
      filled.setPriority(PRIORITY);
    }
    if (spec.hasPlacement()
        && spec.getPlacement().getStrategy() == PlacementStrategy.PLACEMENT_STRATEGY_UNSPECIFIED) {
      filled.getPlacementBuilder().setStrategy(PlacementStrategy.PLACEMENT_STRATEGY_BIN_PACK);
    }
    return filled.build();
  }

  /// What a slot asks of the scheduler: the spec's amounts, or the defaults where they are 0,
  /// its devices, and those of the node that a machine names.
  public static Resources requested(WorkloadSpec spec) {
    Resources said = spec.getResources();
    Resources.Builder requested =
        Resources.newBuilder()
            .setCpuMillis(said.getCpuMillis() == 0 ? REQUESTED_CPU_MILLIS : said.getCpuMillis())
            .setMemoryBytes(
                said.getMemoryBytes() == 0 ? REQUESTED_MEMORY_BYTES : said.getMemoryBytes())
            .addAllDevices(said.getDevicesList());
    for (VmHostDevice device : spec.getVm().getHostDevicesList()) {
      requested.addDevicesBuilder().setName(HostDevice.of(device).sort()).setCount(1);
    }
    return requested.build();
  }

  /// The name of a port: its own, else its target as a number.
  public static String portName(PortSpec port) {
    return port.getName().isEmpty() ? Integer.toString(port.getTarget()) : port.getName();
  }

  private static RestartPolicy fillRestart(WorkloadSpec spec) {
    boolean batch = spec.getType() == WorkloadType.WORKLOAD_TYPE_BATCH;
    RestartPolicy.Builder restart = spec.getRestart().toBuilder();
    if (restart.getCondition() == RestartCondition.RESTART_CONDITION_UNSPECIFIED) {
      restart.setCondition(
          batch
              ? RestartCondition.RESTART_CONDITION_ON_FAILURE
              : RestartCondition.RESTART_CONDITION_ALWAYS);
    }
    if (!restart.hasAttempts()) {
      restart.setAttempts(batch ? 3 : 2);
    }
    if (!restart.hasWindow()) {
      restart.setWindow(Durations.toProto(batch ? Duration.ofHours(24) : Duration.ofMinutes(30)));
    }
    if (!restart.hasDelay()) {
      restart.setDelay(Durations.toProto(RESTART_DELAY));
    }
    return restart.build();
  }

  private static Duration stopGrace(WorkloadSpec spec) {
    return spec.hasVm()
        ? VM_STOP_GRACE
        : spec.hasProcess() ? PROCESS_STOP_GRACE : CONTAINER_STOP_GRACE;
  }

  private static VmSpec fillVm(VmSpec vm) {
    VmSpec.Builder filled = vm.toBuilder();
    if (vm.getNicsCount() == 0) {
      filled.addNics(VmNic.newBuilder().setUser(VmUserNetwork.getDefaultInstance()));
    }
    if (vm.getFirmware() == VmFirmware.VM_FIRMWARE_UNSPECIFIED) {
      filled.setFirmware(VmFirmware.VM_FIRMWARE_BIOS);
    }
    if (vm.getMachine().isEmpty()) {
      filled.setMachine(VM_MACHINE);
    }
    return filled.build();
  }

  private static LostPolicy lostPolicy(WorkloadSpec spec) {
    if (spec.hasVm()) {
      return LostPolicy.LOST_POLICY_HOLD;
    }
    for (Mount mount : spec.getMountsList()) {
      if (mount.hasVolume() || mount.hasHostPath()) {
        return LostPolicy.LOST_POLICY_HOLD;
      }
    }
    return LostPolicy.LOST_POLICY_REPLACE;
  }
}
