package dev.berth.spec;

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
import dev.berth.v1.WorkloadSpec;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// The bounds of a virtual machine's spec.
final class VmRules {
  private static final int DATA_DISKS_MAX = 16;
  private static final int NICS_MAX = 8;
  private static final int HOST_DEVICES_MAX = 8;
  private static final int MARKERS_MAX = 16;
  private static final int KEYS_MAX = 64;
  private static final int KEY_BYTES_MAX = 16 * 1024;
  private static final int MARKER_TEXT_MAX = 200;
  private static final int COMMAND_LINE_MAX = 2048;
  private static final int USER_DATA_BYTES_MAX = 64 * 1024;
  private static final int NETWORK_CONFIG_BYTES_MAX = 16 * 1024;
  private static final long DISK_MIN = 1L << 20;
  private static final long DISK_MAX = 64L << 40;
  private static final Pattern MACHINE = Pattern.compile("[a-z0-9.-]{1,40}");
  private static final Set<String> NIC_MODELS = Set.of("", "virtio", "e1000e", "e1000", "rtl8139");

  private final String path;
  private final Findings findings;

  private VmRules(String path, Findings findings) {
    this.path = path;
    this.findings = findings;
  }

  static void check(String path, WorkloadSpec spec, Findings findings) {
    new VmRules(path, findings).check(spec);
  }

  private void check(WorkloadSpec spec) {
    VmSpec vm = spec.getVm();
    if (vm.hasDisk()) {
      disk(path + ".disk", vm.getDisk());
    } else if (!vm.hasKernel()) {
      findings.add(path + ".disk", "missing (expected: the image to boot from, or a kernel)");
    }
    dataDisks(vm.getDataDisksList());
    nics(vm.getNicsList());
    if (vm.hasKernel()) {
      kernel(path + ".kernel", vm.getKernel());
    }
    if (vm.hasCloudInit()) {
      cloudInit(path + ".cloud_init", vm.getCloudInit());
    }
    if (!vm.getHostname().isEmpty()) {
      findings.check(path + ".hostname", Names.hostnameProblem(vm.getHostname()));
    }
    if (!vm.getDriver().isEmpty()) {
      findings.check(path + ".driver", Names.driverProblem(vm.getDriver()));
    }
    if (!vm.getMachine().isEmpty() && !MACHINE.matcher(vm.getMachine()).matches()) {
      wrong(path + ".machine", vm.getMachine(), "a machine type such as q35 or pc");
    }
    if (vm.getFirmware() == VmFirmware.UNRECOGNIZED) {
      wrong(path + ".firmware", "" + vm.getFirmwareValue(), "bios or uefi");
    }
    secureBoot(vm);
    hostDevices(vm.getHostDevicesList());
    markers(vm.getBootMarkersList());
    rest(spec);
  }

  /// The firmware can only defend itself on this family: it needs system management mode.
  private void secureBoot(VmSpec vm) {
    if (!vm.getSecureBoot()) {
      return;
    }
    if (vm.getFirmware() != VmFirmware.VM_FIRMWARE_UEFI) {
      findings.add(
          path + ".secure_boot", "needs UEFI (expected: with firmware uefi, or without it)");
    }
    if (!vm.getMachine().isEmpty() && !vm.getMachine().contains("q35")) {
      wrong(path + ".machine", vm.getMachine(), "q35, for secure boot");
    }
  }

  private void hostDevices(List<VmHostDevice> devices) {
    findings.count(path + ".host_devices", devices.size(), HOST_DEVICES_MAX, "devices");
    Set<VmHostDevice> all = new HashSet<>();
    for (int i = 0; i < devices.size(); i++) {
      VmHostDevice device = devices.get(i);
      String where = path + ".host_devices[" + i + "]";
      switch (device.getDeviceCase()) {
        case PCI -> findings.check(where + ".pci", HostDevice.Bus.PCI.problem(device.getPci()));
        case USB -> findings.check(where + ".usb", HostDevice.Bus.USB.problem(device.getUsb()));
        case DEVICE_NOT_SET -> findings.add(where, "missing (expected: pci or usb)");
      }
      if (!all.add(device)) {
        findings.add(where, "a second time (expected: each device once)");
      }
    }
  }

  /// What the rest of a workload's spec can say when it is a machine.
  private void rest(WorkloadSpec spec) {
    if (spec.getResources().getCpuMillis() == 0) {
      findings.add(
          "resources.cpu_millis", "missing (expected: how many CPUs the machine has, such as 1)");
    }
    if (spec.getResources().getMemoryBytes() == 0) {
      findings.add(
          "resources.memory_bytes", "missing (expected: how much the machine has, such as 512Mi)");
    }
    if (spec.getResources().getDevicesCount() > 0) {
      findings.add(
          "resources.devices", "not for virtual machines (expected: devices in vm.host_devices)");
    }
    if (spec.getMountsCount() > 0) {
      findings.add("mounts", "not for virtual machines (expected: data disks: vm.data_disks)");
    }
    List<VmNic> nics = spec.getVm().getNicsList();
    if (spec.getPortsCount() > 0 && !nics.isEmpty() && nics.stream().noneMatch(VmNic::hasUser)) {
      findings.add(
          "ports",
          "published through a user-mode network card only (expected: one in vm.nics; a machine on"
              + " a bridge or libvirt network is reached at its own address)");
    }
  }

  private void disk(String where, VmDisk disk) {
    image(where, disk.getImage(), disk.getImageSha256());
    if (disk.getSizeBytes() != 0) {
      size(where + ".size_bytes", disk.getSizeBytes());
    }
    cache(where, disk.getCache(), disk.getCacheValue());
  }

  private void image(String where, String image, String sha256) {
    findings.check(where + ".image", VmImages.problem(image));
    if (!sha256.isEmpty()) {
      findings.check(where + ".image_sha256", VmImages.digestProblem(sha256));
    } else if (VmImages.isUrl(image)) {
      findings.add(
          where + ".image_sha256",
          "missing (expected: the SHA-256 of the file, since the image is a URL)");
    }
  }

  private void dataDisks(List<VmDataDisk> disks) {
    findings.count(path + ".data_disks", disks.size(), DATA_DISKS_MAX, "disks");
    Set<String> names = new HashSet<>();
    for (int i = 0; i < disks.size(); i++) {
      VmDataDisk disk = disks.get(i);
      String where = path + ".data_disks[" + i + "]";
      findings.check(where + ".name", Names.diskProblem(disk.getName()));
      if (!names.add(disk.getName())) {
        wrong(where + ".name", disk.getName(), "a name used once");
      }
      size(where + ".size_bytes", disk.getSizeBytes());
      cache(where, disk.getCache(), disk.getCacheValue());
    }
  }

  private void size(String where, long bytes) {
    if (bytes < DISK_MIN || bytes > DISK_MAX) {
      findings.add(where, "value: " + bytes + " (expected: 1Mi to 64Ti)");
    }
  }

  private void cache(String where, VmDiskCache cache, int number) {
    if (cache == VmDiskCache.UNRECOGNIZED) {
      wrong(where + ".cache", "" + number, "write-back, none, write-through or unsafe");
    }
  }

  private void nics(List<VmNic> nics) {
    findings.count(path + ".nics", nics.size(), NICS_MAX, "network cards");
    int users = 0;
    for (int i = 0; i < nics.size(); i++) {
      VmNic nic = nics.get(i);
      String where = path + ".nics[" + i + "]";
      switch (nic.getNetworkCase()) {
        case USER -> {
          if (++users > 1) {
            findings.add(where + ".user", "a second one (expected: at most one in vm.nics)");
          }
        }
        case BRIDGE -> findings.check(where + ".bridge", Names.bridgeProblem(nic.getBridge()));
        case LIBVIRT_NETWORK ->
            findings.check(
                where + ".libvirt_network", Names.libvirtNetworkProblem(nic.getLibvirtNetwork()));
        case NETWORK_NOT_SET ->
            findings.add(where, "missing (expected: user, bridge or libvirt_network)");
      }
      if (!NIC_MODELS.contains(nic.getModel())) {
        wrong(where + ".model", nic.getModel(), "virtio, e1000e, e1000 or rtl8139");
      }
    }
  }

  private void kernel(String where, VmKernel kernel) {
    image(where, kernel.getImage(), kernel.getImageSha256());
    if (!kernel.getInitrdImage().isEmpty()) {
      findings.check(where + ".initrd_image", VmImages.problem(kernel.getInitrdImage()));
      if (!kernel.getInitrdSha256().isEmpty()) {
        findings.check(where + ".initrd_sha256", VmImages.digestProblem(kernel.getInitrdSha256()));
      } else if (VmImages.isUrl(kernel.getInitrdImage())) {
        findings.add(where + ".initrd_sha256", "missing (expected: the SHA-256 of the file)");
      }
    }
    text(where + ".command_line", kernel.getCommandLine(), COMMAND_LINE_MAX);
  }

  private void cloudInit(String where, CloudInit seed) {
    findings.bytes(where + ".user_data", bytes(seed.getUserData()), USER_DATA_BYTES_MAX);
    findings.bytes(
        where + ".network_config", bytes(seed.getNetworkConfig()), NETWORK_CONFIG_BYTES_MAX);
    findings.count(
        where + ".ssh_authorized_keys", seed.getSshAuthorizedKeysCount(), KEYS_MAX, "keys");
    for (int i = 0; i < seed.getSshAuthorizedKeysCount(); i++) {
      String key = seed.getSshAuthorizedKeys(i);
      String one = where + ".ssh_authorized_keys[" + i + "]";
      if (key.isBlank()) {
        findings.add(one, "empty (expected: a public key, such as \"ssh-ed25519 AAAA… me\")");
      }
      text(one, key, KEY_BYTES_MAX);
    }
  }

  private void markers(List<BootMarker> markers) {
    findings.count(path + ".boot_markers", markers.size(), MARKERS_MAX, "markers");
    for (int i = 0; i < markers.size(); i++) {
      BootMarker marker = markers.get(i);
      String where = path + ".boot_markers[" + i + "]";
      int phase = marker.getPhaseValue();
      if (marker.getPhase() == BootPhaseKind.UNRECOGNIZED
          || phase < BootPhaseKind.BOOT_PHASE_KIND_FIRMWARE_VALUE) {
        wrong(where + ".phase", "" + phase, "firmware, boot-loader, kernel, init … or ready");
      }
      if (marker.getText().isEmpty()) {
        findings.add(where + ".text", "missing (expected: text that the line contains)");
      }
      text(where + ".text", marker.getText(), MARKER_TEXT_MAX);
    }
  }

  private void text(String where, String text, int max) {
    if (text.length() > max) {
      findings.add(where, "length: " + text.length() + " (expected: at most " + max + ")");
    } else if (!Printable.isSafe(text)) {
      wrong(where, text, "no control characters");
    }
  }

  private void wrong(String where, String value, String expected) {
    findings.add(where, "value: " + Printable.quote(value) + " (expected: " + expected + ")");
  }

  private static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
