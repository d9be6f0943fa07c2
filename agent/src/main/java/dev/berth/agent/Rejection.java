package dev.berth.agent;

import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.spec.DriverNeeds;
import dev.berth.spec.Names;
import dev.berth.spec.Printable;
import dev.berth.spec.SpecValidator;
import dev.berth.spec.Violation;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.Device;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Says which instances this node cannot run at all.
final class Rejection {
  private Rejection() {}

  /// The status of an instance that is rejected; empty when it can be tried.
  static Optional<InstanceStatus> of(
      AssignedInstance instance, DriverRegistry drivers, Instant now) {
    Kind kind = kind(instance);
    List<RuntimeDriver> ofKind = drivers.of(kind, "");
    if (ofKind.isEmpty()) {
      return Optional.of(
          status("NoDriver", "this node has no driver for " + kind + "; update its agent", now));
    }
    String chosen = DriverNeeds.chosen(instance.getSpec());
    if (drivers.of(kind, chosen).isEmpty()) {
      return Optional.of(
          status(
              "NoDriver",
              "vm.driver: value: "
                  + Printable.quote(chosen)
                  + " (expected: one of "
                  + ofKind.stream().map(RuntimeDriver::name).toList()
                  + ", which this node has)",
              now));
    }
    if (!Names.isInstanceId(instance.getInstanceId()) || instance.getSlot() < 1) {
      return Optional.of(status("BadAssignment", "its id or its slot is not valid", now));
    }
    List<Violation> violations = SpecValidator.validate(instance.getSpec());
    return violations.isEmpty()
        ? Optional.empty()
        : Optional.of(
            status(
                "BadSpec",
                violations.getFirst().fieldPath() + ": " + violations.getFirst().problem(),
                now));
  }

  /// The status of an instance that was given devices which this node does not offer; empty when it
  /// offers them all.
  static Optional<InstanceStatus> ofDevices(
      AssignedInstance instance, List<Device> offered, Instant now) {
    return instance.getDevicesList().stream()
        .filter(each -> !offered.contains(each))
        .findFirst()
        .map(
            missing ->
                status(
                    "DeviceMissing",
                    "devices: value: "
                        + missing.getName()
                        + "="
                        + missing.getId()
                        + " (expected: one of "
                        + offered.stream().map(each -> each.getName() + "=" + each.getId()).toList()
                        + ", which this node offers)",
                    now));
  }

  /// The status of an instance whose driver this agent was started without: it may run there, and
  /// is made nowhere else.
  static InstanceStatus ofLostDriver(String driver, Instant now) {
    return status(
        "NoDriver",
        "it was made by the driver "
            + Printable.escape(driver)
            + ", which this node's agent has no more; give the agent that connection again"
            + " (libvirt-uri)",
        now);
  }

  /// The status of an instance that this node could not remember.
  static InstanceStatus ofDisk(String problem, Instant now) {
    return status("DiskFailed", problem + "; this node takes no new instances until it can", now);
  }

  /// What an instance is.
  static Kind kind(AssignedInstance instance) {
    return switch (instance.getSpec().getRuntimeCase()) {
      case CONTAINER -> Kind.KIND_CONTAINER;
      case VM -> Kind.KIND_VM;
      case PROCESS -> Kind.KIND_PROCESS;
      case RUNTIME_NOT_SET -> Kind.KIND_UNSPECIFIED;
    };
  }

  private static InstanceStatus status(String reason, String message, Instant now) {
    InstanceStatus.Builder status =
        InstanceStatus.newBuilder()
            .setState(InstanceState.INSTANCE_STATE_REJECTED)
            .setReason(reason)
            .setMessage(message);
    status
        .addTransitionsBuilder()
        .setState(InstanceState.INSTANCE_STATE_REJECTED)
        .getTimeBuilder()
        .setSeconds(now.getEpochSecond())
        .setNanos(now.getNano());
    return status.build();
  }
}
