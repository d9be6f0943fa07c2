package dev.berth.controller.core.schedule;

import dev.berth.controller.core.schedule.NodeClass.Driver;
import dev.berth.spec.DriverNeeds;
import dev.berth.spec.DriverNeeds.Lack;
import dev.berth.spec.HostDevice;
import dev.berth.spec.Printable;
import dev.berth.spec.TaintRules;
import dev.berth.spec.placement.Attribute;
import dev.berth.spec.placement.Expression;
import dev.berth.v1.DeviceCount;
import dev.berth.v1.Kind;
import dev.berth.v1.Taint;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// The rules of the default policy about nodes that are alike.
final class ClassFilters {
  private ClassFilters() {}

  /// They are heard, and no operator keeps new slots away.
  static @Nullable Rejection standing(
      NodeClass nodes, PlacementRequest request, PlacementNeeds needs) {
    Standing standing = nodes.key().standing();
    return standing == Standing.OPEN ? null : standing.rejection();
  }

  /// They have a runtime for the kind of workload, that one which it chose if it chose one, and it
  /// can be used.
  static @Nullable Rejection runtime(
      NodeClass nodes, PlacementRequest request, PlacementNeeds needs) {
    Kind kind = KindOf.spec(request.spec());
    String chosen = DriverNeeds.chosen(request.spec());
    String message = "";
    for (Driver driver : nodes.key().drivers()) {
      if (driver.isFor(kind, chosen)) {
        if (driver.available()) {
          return null;
        }
        message = driver.name() + ": " + driver.message();
      }
    }
    String word = kind.name().substring("KIND_".length()).toLowerCase(Locale.ROOT);
    return chosen.isEmpty()
        ? Rejection.standing(
            "without a usable " + word + " driver",
            message,
            "see what the node says of its drivers: berth node inspect")
        : Rejection.standing(
            "without a usable " + word + " driver " + Printable.escape(chosen),
            message,
            "choose a driver that the node has (berth node inspect shows them), or none: driver");
  }

  /// One of the drivers that could run it has all that a virtual machine asks of its hypervisor.
  static @Nullable Rejection hypervisor(
      NodeClass nodes, PlacementRequest request, PlacementNeeds needs) {
    if (!request.spec().hasVm()) {
      return null;
    }
    String chosen = DriverNeeds.chosen(request.spec());
    Optional<Lack> least = Optional.empty();
    for (Driver driver : nodes.key().drivers()) {
      if (driver.available() && driver.isFor(Kind.KIND_VM, chosen)) {
        Optional<Lack> lack = DriverNeeds.lack(request.spec(), driver.capabilities());
        if (lack.isEmpty()) {
          return null;
        }
        least = least.isEmpty() ? lack : least;
      }
    }
    return least.map(ClassFilters::without).orElse(null);
  }

  private static Rejection without(Lack lack) {
    return switch (lack) {
      case KVM ->
          Rejection.standing(
              "without hardware acceleration (KVM) that works",
              "",
              "see why with berth node inspect, or let it be emulated: requireKvm: false");
      case UEFI ->
          Rejection.standing(
              "without UEFI firmware for virtual machines",
              "",
              "install it there (Debian's package ovmf), or use firmware: bios");
      case WHOLE_MACHINES ->
          Rejection.standing(
              "with a hypervisor for machines of a kernel alone",
              "",
              "use kernel without disks, cloudInit, tpm, vnc and ports, or add a node with QEMU");
    };
  }

  /// They have no taint that the workload does not tolerate.
  static @Nullable Rejection taints(
      NodeClass nodes, PlacementRequest request, PlacementNeeds needs) {
    for (Taint taint : nodes.key().taints()) {
      if (!TaintRules.tolerates(needs.tolerations(), taint)) {
        return Rejection.standing(
            "taint: " + written(taint), "", "tolerate it in the workload, or remove the taint");
      }
    }
    return null;
  }

  private static String written(Taint taint) {
    return taint.getKey() + (taint.getValue().isEmpty() ? "" : "=" + taint.getValue());
  }

  /// They have devices of the sorts that are asked for.
  static @Nullable Rejection devices(
      NodeClass nodes, PlacementRequest request, PlacementNeeds needs) {
    for (DeviceCount wanted : request.devices()) {
      if (!nodes.key().devices().contains(wanted.getName())) {
        return withoutDevice(nodes, wanted.getName());
      }
    }
    return null;
  }

  private static Rejection withoutDevice(NodeClass nodes, String sort) {
    Optional<HostDevice> asked = HostDevice.ofSort(sort);
    String obstacle = nodes.key().withheld().getOrDefault(sort, "");
    if (asked.isEmpty()) {
      return Rejection.standing(
          "without a device of the sort " + sort, "", "add a node that has one");
    }
    return obstacle.isEmpty()
        ? Rejection.standing(
            "without the host device " + asked.get(),
            "not allowed there",
            "allow it on the node that has it (the agent's allow-host-devices), or leave it out")
        : Rejection.standing(
            "unable to give the host device " + asked.get(),
            obstacle,
            "mend that on the node, or leave it out");
  }

  /// They satisfy the expressions.
  static @Nullable Rejection require(
      NodeClass nodes, PlacementRequest request, PlacementNeeds needs) {
    for (Expression expression : needs.require().ofClass()) {
      if (!expression.test(nodes)) {
        StringJoiner actual = new StringJoiner(", ");
        for (Attribute attribute : expression.attributes()) {
          String value = nodes.value(attribute);
          actual.add(attribute + " is " + (value.isEmpty() ? "not set" : value));
        }
        return unmet(expression, actual.toString());
      }
    }
    return null;
  }

  static Rejection unmet(Expression expression, String actual) {
    return Rejection.standing(
        "require: " + expression, actual, "change the expression, or add or label such a node");
  }
}
