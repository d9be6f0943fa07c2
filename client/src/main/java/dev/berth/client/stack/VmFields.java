package dev.berth.client.stack;

import dev.berth.spec.HostDevice;
import dev.berth.spec.Names;
import dev.berth.spec.VmImages;
import dev.berth.v1.BootMarker;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.CloudInit;
import dev.berth.v1.VmDataDisk;
import dev.berth.v1.VmDisk;
import dev.berth.v1.VmDiskCache;
import dev.berth.v1.VmFirmware;
import dev.berth.v1.VmHostDevice;
import dev.berth.v1.VmKernel;
import dev.berth.v1.VmNic;
import dev.berth.v1.VmSpec;
import dev.berth.v1.VmUserNetwork;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The fields of a virtual machine.
final class VmFields {
  static final String DIGEST = "[0-9a-f]{64}";

  private static final String CACHE =
      "How writes are cached on the node: write-back (the default), none, write-through or unsafe.";

  private VmFields() {}

  static ObjectShape<VmSpec.Builder> vm() {
    return new ObjectShape<>(
        VmSpec::newBuilder,
        Stream.concat(whatStarts().stream(), surroundings().stream()).toList(),
        List.of(),
        List.of(),
        Map.of("image", "belongs into \"disk\", as disk: {image: …}"));
  }

  private static List<Field<VmSpec.Builder, ?>> whatStarts() {
    return List.of(
        new Field<>(
            "disk",
            "disk",
            "The disk that it boots from; may be left out with \"kernel\".",
            disk(),
            VmSpec.Builder::setDisk),
        new Field<>(
            "dataDisks",
            "data_disks",
            "Further, empty disks, at most 16.",
            new ListShape<>(dataDisk(), "a list of disks", 16),
            (vm, disks) -> disks.forEach(vm::addDataDisks)),
        new Field<>(
            "kernel",
            "kernel",
            "Starts a kernel directly, without boot loader.",
            kernel(),
            VmSpec.Builder::setKernel),
        new Field<>(
            "firmware",
            "firmware",
            "bios, the default, or uefi.",
            Scalars.choice(
                Scalars.words(
                    List.of("bios", "uefi"),
                    List.of(VmFirmware.VM_FIRMWARE_BIOS, VmFirmware.VM_FIRMWARE_UEFI))),
            VmSpec.Builder::setFirmware),
        new Field<>(
            "machine",
            "machine",
            "Hypervisor's machine type; q35 unless said.",
            Scalars.name("a machine type", "[a-z0-9.-]{1,40}", _ -> null),
            VmSpec.Builder::setMachine),
        new Field<>(
            "driver",
            "driver",
            "Name of the node's driver that is to run it, such as libvirt-xen; any unless said.",
            Scalars.name("a driver", StackFields.NAME_PATTERN, Names::driverProblem),
            VmSpec.Builder::setDriver),
        new Field<>(
            "requireKvm",
            "require_kvm",
            "Places it only where hardware acceleration was seen to work.",
            Scalars.bool(),
            VmSpec.Builder::setRequireKvm));
  }

  private static List<Field<VmSpec.Builder, ?>> surroundings() {
    return List.of(
        new Field<>(
            "nics",
            "nics",
            "Network cards, at most 8; one on the user-mode network unless said.",
            new ListShape<>(nic(), "a list of network cards", 8),
            (vm, nics) -> nics.forEach(vm::addNics)),
        new Field<>(
            "hostDevices",
            "host_devices",
            "Devices of a node that allows them, handed through to the machine, at most 8.",
            new ListShape<>(hostDevice(), "a list such as [{pci: \"0000:01:00.0\"}]", 8),
            (vm, devices) -> devices.forEach(vm::addHostDevices)),
        new Field<>(
            "cloudInit",
            "cloud_init",
            "Seed for cloud-init.",
            cloudInit(),
            VmSpec.Builder::setCloudInit),
        new Field<>(
            "hostname",
            "hostname",
            "Host name that the seed gives; the slot's name with a dash unless said.",
            Scalars.name("a name", StackFields.NAME_PATTERN, Names::hostnameProblem),
            VmSpec.Builder::setHostname),
        new Field<>(
            "bootMarkers",
            "boot_markers",
            "Lines of the serial console that mark a phase of the boot, at most 16.",
            new ListShape<>(marker(), "a list such as [{phase: ready, text: \"up\"}]", 16),
            (vm, markers) -> markers.forEach(vm::addBootMarkers)),
        new Field<>(
            "vnc",
            "vnc",
            "Gives it a graphical console on the node's loopback address.",
            Scalars.bool(),
            VmSpec.Builder::setVnc),
        new Field<>(
            "secureBoot",
            "secure_boot",
            "Starts only what is signed by a key that the firmware knows; needs UEFI.",
            Scalars.bool(),
            VmSpec.Builder::setSecureBoot),
        new Field<>(
            "tpm",
            "tpm",
            "Gives it a TPM 2.0 of its own, emulated.",
            Scalars.bool(),
            VmSpec.Builder::setTpm));
  }

  private static ObjectShape<VmDisk.Builder> disk() {
    return new ObjectShape<>(
        VmDisk::newBuilder,
        List.of(
            new Field<>(
                "image",
                "image",
                "Name in the node's image store, or an http or https URL.",
                Scalars.text("an image", VmImages::problem),
                VmDisk.Builder::setImage),
            new Field<>(
                "sha256",
                "image_sha256",
                "SHA-256 of the image's file, which must match; required for a URL.",
                Scalars.name("64 hexadecimal digits", DIGEST, VmImages::digestProblem),
                VmDisk.Builder::setImageSha256),
            new Field<>(
                "size",
                "size_bytes",
                "Size as the machine sees it, such as 20Gi, 1Mi to 64Ti; the image's unless said.",
                Scalars.memory(),
                VmDisk.Builder::setSizeBytes),
            new Field<>("cache", "cache", CACHE, cache(), VmDisk.Builder::setCache)),
        List.of("image"),
        List.of(),
        Map.of());
  }

  private static Shape<VmDiskCache> cache() {
    return Scalars.choice(
        Scalars.words(
            List.of("write-back", "none", "write-through", "unsafe"),
            List.of(
                VmDiskCache.VM_DISK_CACHE_WRITE_BACK,
                VmDiskCache.VM_DISK_CACHE_NONE,
                VmDiskCache.VM_DISK_CACHE_WRITE_THROUGH,
                VmDiskCache.VM_DISK_CACHE_UNSAFE)));
  }

  private static ObjectShape<VmDataDisk.Builder> dataDisk() {
    return new ObjectShape<>(
        VmDataDisk::newBuilder,
        List.of(
            new Field<>(
                "name",
                "name",
                "Name, 1 to 20 characters; its serial number inside the machine.",
                Scalars.name("a name", StackFields.NAME_PATTERN, Names::diskProblem),
                VmDataDisk.Builder::setName),
            new Field<>(
                "size",
                "size_bytes",
                "Size such as 20Gi, 1Mi to 64Ti; takes up room as it is written.",
                Scalars.memory(),
                VmDataDisk.Builder::setSizeBytes),
            new Field<>("cache", "cache", CACHE, cache(), VmDataDisk.Builder::setCache)),
        List.of("name", "size"),
        List.of(),
        Map.of());
  }

  private static ObjectShape<VmNic.Builder> nic() {
    return new ObjectShape<>(
        VmNic::newBuilder,
        List.of(
            new Field<>(
                "user",
                "user",
                "{}: the hypervisor's user-mode network, through which ports are published.",
                new ObjectShape<>(
                    VmUserNetwork::newBuilder, List.of(), List.of(), List.of(), Map.of()),
                VmNic.Builder::setUser),
            new Field<>(
                "bridge",
                "bridge",
                "Name of a bridge of the node.",
                Scalars.text("a bridge", Names::bridgeProblem),
                VmNic.Builder::setBridge),
            new Field<>(
                "libvirtNetwork",
                "libvirt_network",
                "Name of a libvirt network of the node.",
                Scalars.text("a network", Names::libvirtNetworkProblem),
                VmNic.Builder::setLibvirtNetwork),
            new Field<>(
                "model",
                "model",
                "The card that the machine sees: virtio (the default), e1000e, e1000 or rtl8139.",
                Scalars.text("a model", _ -> null),
                VmNic.Builder::setModel)),
        List.of(),
        List.of("user", "bridge", "libvirtNetwork"),
        Map.of());
  }

  private static ObjectShape<VmHostDevice.Builder> hostDevice() {
    return new ObjectShape<>(
        VmHostDevice::newBuilder,
        List.of(
            new Field<>(
                "pci",
                "pci",
                "Address on the PCI bus, such as \"0000:01:00.0\".",
                Scalars.text("an address", HostDevice.Bus.PCI::problem),
                VmHostDevice.Builder::setPci),
            new Field<>(
                "usb",
                "usb",
                "Vendor and product of a USB device, such as \"1234:5678\".",
                Scalars.text("vendor and product", HostDevice.Bus.USB::problem),
                VmHostDevice.Builder::setUsb)),
        List.of(),
        List.of("pci", "usb"),
        Map.of());
  }

  private static ObjectShape<VmKernel.Builder> kernel() {
    return new ObjectShape<>(
        VmKernel::newBuilder,
        List.of(
            new Field<>(
                "image",
                "image",
                "Image that is the kernel: a name in the node's image store, or a URL.",
                Scalars.text("an image", VmImages::problem),
                VmKernel.Builder::setImage),
            new Field<>(
                "sha256",
                "image_sha256",
                "SHA-256 of the kernel's file.",
                Scalars.name("64 hexadecimal digits", DIGEST, VmImages::digestProblem),
                VmKernel.Builder::setImageSha256),
            new Field<>(
                "initrd",
                "initrd_image",
                "Image that is the initial RAM disk.",
                Scalars.text("an image", VmImages::problem),
                VmKernel.Builder::setInitrdImage),
            new Field<>(
                "initrdSha256",
                "initrd_sha256",
                "SHA-256 of the RAM disk's file.",
                Scalars.name("64 hexadecimal digits", DIGEST, VmImages::digestProblem),
                VmKernel.Builder::setInitrdSha256),
            new Field<>(
                "commandLine",
                "command_line",
                "The kernel's command line, at most 2048 characters.",
                Scalars.text("a command line", _ -> null),
                VmKernel.Builder::setCommandLine)),
        List.of("image"),
        List.of(),
        Map.of());
  }

  private static ObjectShape<CloudInit.Builder> cloudInit() {
    return new ObjectShape<>(
        CloudInit::newBuilder,
        List.of(
            new Field<>(
                "userData",
                "user_data",
                "User data, for instance a #cloud-config document, at most 64 KiB.",
                Scalars.text("text", _ -> null),
                CloudInit.Builder::setUserData),
            new Field<>(
                "networkConfig",
                "network_config",
                "Network configuration; DHCP unless said.",
                Scalars.text("text", _ -> null),
                CloudInit.Builder::setNetworkConfig),
            new Field<>(
                "sshAuthorizedKeys",
                "ssh_authorized_keys",
                "Public keys that may log in as the image's default user, at most 64.",
                new ListShape<>(Scalars.text("a public key", _ -> null), "a list of keys", 64),
                CloudInit.Builder::addAllSshAuthorizedKeys)),
        List.of(),
        List.of(),
        Map.of());
  }

  private static ObjectShape<BootMarker.Builder> marker() {
    return new ObjectShape<>(
        BootMarker::newBuilder,
        List.of(
            new Field<>(
                "phase",
                "phase",
                "Phase that the line begins.",
                Scalars.choice(
                    Scalars.words(
                        List.of(
                            "firmware",
                            "boot-loader",
                            "kernel",
                            "init",
                            "cloud-init",
                            "guest-agent",
                            "ready"),
                        List.of(
                            BootPhaseKind.BOOT_PHASE_KIND_FIRMWARE,
                            BootPhaseKind.BOOT_PHASE_KIND_BOOT_LOADER,
                            BootPhaseKind.BOOT_PHASE_KIND_KERNEL,
                            BootPhaseKind.BOOT_PHASE_KIND_INIT,
                            BootPhaseKind.BOOT_PHASE_KIND_CLOUD_INIT,
                            BootPhaseKind.BOOT_PHASE_KIND_GUEST_AGENT,
                            BootPhaseKind.BOOT_PHASE_KIND_READY))),
                BootMarker.Builder::setPhase),
            new Field<>(
                "text",
                "text",
                "Text that the line contains, 1 to 200 characters.",
                Scalars.text("text", _ -> null),
                BootMarker.Builder::setText)),
        List.of("phase", "text"),
        List.of(),
        Map.of());
  }
}
