package dev.berth.agent.driver.libvirt;

import dev.berth.agent.disk.DiskException;
import dev.berth.agent.disk.DiskImage;
import dev.berth.agent.disk.ImageFormat;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Labels;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.PrepareListener;
import dev.berth.agent.image.ImageException;
import dev.berth.agent.image.MachineDisks;
import dev.berth.agent.image.StoredImage;
import dev.berth.agent.seed.CloudInitSeed;
import dev.berth.agent.seed.SeedException;
import dev.berth.agent.seed.SeedIso;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.PortBinding;
import dev.berth.v1.PullProgress;
import dev.berth.v1.VmDataDisk;
import dev.berth.v1.VmFirmware;
import dev.berth.v1.VmSpec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Makes all that a machine needs, and its definition.
final class MachineMaker {
  private final URI connection;
  private final Owner owner;
  private final LibvirtPlace place;

  /// @param connection over which machines are made
  MachineMaker(URI connection, Owner owner, LibvirtPlace place) {
    this.connection = connection;
    this.owner = owner;
    this.place = place;
  }

  /// Fetches images, makes disks, and writes the definition down.
  ///
  /// @param accelerated whether hardware acceleration is used
  MachinePlan make(
      AssignedInstance instance,
      HypervisorFacts facts,
      boolean accelerated,
      PrepareListener listener)
      throws DriverException {
    refuse(instance, facts);
    UUID id = MachineId.of(instance.getInstanceId());
    refuseWhatIsElsewhere(MachineFiles.of(place.root(), id));
    MachinePlan.Images found = images(instance.getSpec().getVm(), listener);
    MachineFiles files = MachineFiles.of(place.root(), id);
    note(files, found);
    MachinePlan plan =
        new MachinePlan(
            id,
            instance,
            Labels.of(owner, instance),
            files,
            found,
            new MachinePlan.Environment(
                facts.flavour(), accelerated, uefi(instance.getSpec().getVm()), architecture()));
    switch (facts.flavour()) {
      case QEMU -> disks(plan);
      case XEN -> keepConsole(plan);
      case TEST -> {}
    }
    return plan;
  }

  /// A machine whose files were made over another connection may run there.
  private void refuseWhatIsElsewhere(MachineFiles files) throws DriverException {
    try {
      if (!files.isFor(connection)) {
        throw DriverException.permanent(
            "MadeElsewhere",
            "this machine was made over another connection, with its files in "
                + files.directory()
                + "; were the agent's connections given in another order (libvirt-uri)?",
            null);
      }
    } catch (IOException e) {
      throw failed(files, e);
    }
  }

  /// Before the machine is there: from now on its images are not removed.
  private void note(MachineFiles files, MachinePlan.Images images) throws DriverException {
    List<Path> used = new ArrayList<>();
    images.disk().ifPresent(base -> used.add(base.file()));
    images.kernel().ifPresent(used::add);
    images.initrd().ifPresent(used::add);
    try {
      files.make();
      files.makeFor(connection);
      MachineDisks.note(files.directory(), used);
    } catch (IOException e) {
      throw failed(files, e);
    }
  }

  private void refuse(AssignedInstance instance, HypervisorFacts facts) throws DriverException {
    for (PortBinding port : instance.getPortsList()) {
      if (port.getHostAddress().indexOf(':') >= 0) {
        throw DriverException.permanent(
            "PortRefused",
            "ports: host address "
                + port.getHostAddress()
                + ": a virtual machine's ports are published on IPv4 addresses only",
            null);
      }
    }
    new HostDevicePolicy(place.hostDevices()).check(instance);
    if (facts.flavour() == Flavour.XEN) {
      XenLimits.check(instance);
    } else if (instance.getSpec().getVm().getTpm() && !Tpm.isInstalled()) {
      throw Tpm.missing();
    }
  }

  private static Optional<Uefi> uefi(VmSpec vm) throws DriverException {
    if (vm.getFirmware() != VmFirmware.VM_FIRMWARE_UEFI) {
      return Optional.empty();
    }
    Optional<Uefi> firmware = Uefi.installed(vm.getSecureBoot());
    if (firmware.isEmpty()) {
      throw DriverException.permanent(
          "FirmwareMissing",
          "this node has no UEFI firmware for machines"
              + (vm.getSecureBoot() ? " with keys for secure boot" : "")
              + "; install it (Debian's package ovmf), or use firmware: bios",
          null);
    }
    return firmware;
  }

  /// As hypervisors call it.
  static String architecture() {
    String name = System.getProperty("os.arch", "");
    return name.equals("amd64") ? "x86_64" : name;
  }

  private MachinePlan.Images images(VmSpec vm, PrepareListener listener) throws DriverException {
    Optional<MachinePlan.Base> disk = Optional.empty();
    if (vm.hasDisk()) {
      disk =
          Optional.of(
              base(
                  vm.getDisk().getImage(),
                  fetch(vm.getDisk().getImage(), vm.getDisk().getImageSha256(), listener),
                  vm.getDisk().getSizeBytes()));
    }
    Optional<Path> kernel = Optional.empty();
    Optional<Path> initrd = Optional.empty();
    if (vm.hasKernel()) {
      kernel =
          Optional.of(fetch(vm.getKernel().getImage(), vm.getKernel().getImageSha256(), listener));
      if (!vm.getKernel().getInitrdImage().isEmpty()) {
        initrd =
            Optional.of(
                fetch(vm.getKernel().getInitrdImage(), vm.getKernel().getInitrdSha256(), listener));
      }
    }
    return new MachinePlan.Images(disk, kernel, initrd);
  }

  private Path fetch(String image, String digest, PrepareListener listener) throws DriverException {
    try {
      StoredImage stored =
          place
              .images()
              .resolve(
                  image,
                  digest,
                  (bytes, total) ->
                      listener.pulling(
                          PullProgress.newBuilder()
                              .setCurrentBytes(bytes)
                              .setTotalBytes(total)
                              .setLayersTotal(1)
                              .build()));
      return stored.file();
    } catch (ImageException e) {
      String message = String.valueOf(e.getMessage());
      throw e.mayPass()
          ? DriverException.retryable(e.reason(), message, e)
          : DriverException.permanent(e.reason(), message, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DriverException.retryable("Interrupted", "it was not wanted any more", e);
    }
  }

  /// An image is inspected before a hypervisor opens it: one that names files of the host as its
  /// own would hand them to the guest.
  private static MachinePlan.Base base(String name, Path file, long sizeBytes)
      throws DriverException {
    try {
      DiskImage image = DiskImage.inspect(file);
      if (sizeBytes > 0 && sizeBytes < image.virtualSizeBytes()) {
        throw DriverException.permanent(
            "DiskTooSmall",
            "vm.disk.size_bytes: value: "
                + sizeBytes
                + " (expected: 0, or at least the image's "
                + image.virtualSizeBytes()
                + ")",
            null);
      }
      return new MachinePlan.Base(file, image.format() == ImageFormat.QCOW2 ? "qcow2" : "raw");
    } catch (DiskException e) {
      throw DriverException.permanent("ImageRefused", "image " + name + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw DriverException.retryable(
          "ImageUnreadable", "image " + name + " cannot be read: " + e.getMessage(), e);
    }
  }

  /// libvirt's driver for Xen cannot be told where to: xenconsoled decides.
  private void keepConsole(MachinePlan plan) throws DriverException {
    if (place.xenConsoles().isEmpty()) {
      return;
    }
    try {
      plan.files().make();
      plan.files().keepConsoleIn(XenLimits.console(place.xenConsoles().get(), plan.name()));
    } catch (IOException e) {
      throw failed(plan.files(), e);
    }
  }

  private static DriverException failed(MachineFiles files, IOException e) {
    return DriverException.retryable(
        "DiskFailed",
        files.directory() + ": the machine's files cannot be made: " + e.getMessage(),
        e);
  }

  private static void disks(MachinePlan plan) throws DriverException {
    VmSpec vm = plan.instance().getSpec().getVm();
    MachineFiles files = plan.files();
    try {
      files.make();
      if (plan.images().disk().isPresent() && !Files.exists(files.disk())) {
        QemuImg.overlay(files.disk(), plan.images().disk().get(), vm.getDisk().getSizeBytes());
      }
      for (VmDataDisk each : vm.getDataDisksList()) {
        if (!Files.exists(files.dataDisk(each.getName()))) {
          QemuImg.empty(files.dataDisk(each.getName()), each.getSizeBytes());
        }
      }
      if (vm.hasCloudInit()) {
        Files.write(files.seed(), seed(plan));
      }
    } catch (IOException e) {
      throw failed(plan.files(), e);
    }
  }

  private static byte[] seed(MachinePlan plan) throws DriverException {
    VmSpec vm = plan.instance().getSpec().getVm();
    try {
      return SeedIso.of(
          new CloudInitSeed(
                  plan.id().toString(),
                  plan.hostname(),
                  vm.getCloudInit().getUserData(),
                  vm.getCloudInit().getNetworkConfig(),
                  vm.getCloudInit().getSshAuthorizedKeysList())
              .files());
    } catch (SeedException e) {
      throw DriverException.permanent("SeedRefused", "vm.cloud_init: " + e.getMessage(), e);
    }
  }
}
