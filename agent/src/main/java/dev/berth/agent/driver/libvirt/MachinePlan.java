package dev.berth.agent.driver.libvirt;

import dev.berth.v1.AssignedInstance;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// All that a machine is made of.
///
/// @param id its UUID, which is the instance's id
/// @param instance what is to run
/// @param labels what it is recognised by
/// @param files where its own files are
/// @param images what it starts from
/// @param environment what it runs on
record MachinePlan(
    UUID id,
    AssignedInstance instance,
    Map<String, String> labels,
    MachineFiles files,
    Images images,
    Environment environment) {
  MachinePlan {
    labels = Map.copyOf(labels);
  }

  /// Files of the image store.
  ///
  /// @param disk the image under the disk, and its format
  /// @param kernel to be started directly
  /// @param initrd for that kernel
  record Images(Optional<Base> disk, Optional<Path> kernel, Optional<Path> initrd) {}

  /// An image under a disk.
  ///
  /// @param format "qcow2" or "raw", never guessed by the hypervisor
  record Base(Path file, String format) {}

  /// What the machine runs on.
  ///
  /// @param flavour sort of hypervisor
  /// @param accelerated whether hardware acceleration is used
  /// @param uefi firmware, if it is wanted
  /// @param architecture of the node's CPUs, as the hypervisor calls it: "x86_64"
  record Environment(
      Flavour flavour, boolean accelerated, Optional<Uefi> uefi, String architecture) {}

  /// Its name at the hypervisor, unique by the instance's id.
  String name() {
    return "berth-"
        + instance.getWorkload()
        + "."
        + Integer.toUnsignedString(instance.getSlot())
        + "-"
        + id.toString().substring(0, 8);
  }

  /// Its name inside.
  String hostname() {
    String wanted = instance.getSpec().getVm().getHostname();
    return wanted.isEmpty()
        ? instance.getWorkload() + "-" + Integer.toUnsignedString(instance.getSlot())
        : wanted;
  }
}
