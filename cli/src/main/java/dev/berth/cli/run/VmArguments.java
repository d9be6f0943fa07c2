package dev.berth.cli.run;

import dev.berth.cli.term.FailureException;
import dev.berth.client.FileTrouble;
import dev.berth.spec.HostDevice;
import dev.berth.spec.Quantity;
import dev.berth.v1.CloudInit;
import dev.berth.v1.VmDataDisk;
import dev.berth.v1.VmDisk;
import dev.berth.v1.VmFirmware;
import dev.berth.v1.VmHostDevice;
import dev.berth.v1.VmNic;
import dev.berth.v1.VmSpec;
import dev.berth.v1.VmUserNetwork;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Makes a virtual machine of the options of `berth run`.
///
/// @param options what was given
record VmArguments(RunOptions options) {
  private static final int FILE_BYTES_MAX = 64 * 1024;

  /// @throws FailureException with exit code 2
  VmSpec vm(String image, List<String> command) {
    refuseForeign(command);
    VmDisk.Builder disk = VmDisk.newBuilder().setImage(image).setImageSha256(options.vm.sha256);
    if (!options.vm.diskSize.isEmpty()) {
      disk.setSizeBytes(size("--disk-size", options.vm.diskSize));
    }
    VmSpec.Builder vm =
        VmSpec.newBuilder()
            .setDisk(disk)
            .setHostname(options.hostname)
            .setFirmware(firmware())
            .setDriver(options.vm.driver)
            .setRequireKvm(options.vm.requireKvm)
            .setVnc(options.vm.vnc)
            .setSecureBoot(options.vm.secureBoot)
            .setTpm(options.vm.tpm);
    RunSpec.pairs("--data-disk", options.vm.dataDisks)
        .forEach(
            (name, text) ->
                vm.addDataDisks(
                    VmDataDisk.newBuilder().setName(name).setSizeBytes(size("--data-disk", text))));
    options.vm.hostDevices.forEach(text -> vm.addHostDevices(hostDevice(text)));
    options.vm.networks.forEach(text -> vm.addNics(nic(text)));
    if (!options.vm.userData.isEmpty() || !options.vm.sshKeys.isEmpty()) {
      vm.setCloudInit(cloudInit());
    }
    return vm.build();
  }

  /// What only a container can have is not left out silently.
  private void refuseForeign(List<String> command) {
    Map<String, Boolean> given = new LinkedHashMap<>();
    given.put("a command after the image", !command.isEmpty());
    given.put("--env", !options.env.isEmpty());
    given.put("--env-file", !options.envFiles.isEmpty());
    given.put("--entrypoint", !options.entrypoint.isEmpty());
    given.put("--workdir", !options.workingDir.isEmpty());
    given.put("--user", !options.user.isEmpty());
    given.put("--read-only", options.readOnly);
    given.put("--pull", !options.pull.equals("missing"));
    given.forEach(
        (name, is) -> {
          if (is) {
            throw FailureException.usage(
                name + ": not for a virtual machine; give it user data instead (--user-data)");
          }
        });
  }

  private VmFirmware firmware() {
    return switch (options.vm.firmware) {
      case "" -> VmFirmware.VM_FIRMWARE_UNSPECIFIED;
      case "bios" -> VmFirmware.VM_FIRMWARE_BIOS;
      case "uefi" -> VmFirmware.VM_FIRMWARE_UEFI;
      default -> throw RunSpec.wrong("--firmware", options.vm.firmware, "bios or uefi");
    };
  }

  private static VmNic nic(String text) {
    String name = text.substring(text.indexOf(':') + 1);
    if (text.equals("user")) {
      return VmNic.newBuilder().setUser(VmUserNetwork.getDefaultInstance()).build();
    } else if (text.startsWith("bridge:")) {
      return VmNic.newBuilder().setBridge(name).build();
    } else if (text.startsWith("libvirt:")) {
      return VmNic.newBuilder().setLibvirtNetwork(name).build();
    }
    throw RunSpec.wrong("--network", text, "user, bridge:NAME or libvirt:NAME");
  }

  private static VmHostDevice hostDevice(String text) {
    try {
      return HostDevice.parse(text).toProto();
    } catch (IllegalArgumentException e) {
      throw FailureException.usage("--host-device: " + e.getMessage());
    }
  }

  private CloudInit cloudInit() {
    CloudInit.Builder seed = CloudInit.newBuilder();
    if (!options.vm.userData.isEmpty()) {
      seed.setUserData(text("--user-data", options.vm.userData));
    }
    for (String file : options.vm.sshKeys) {
      text("--ssh-key", file)
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .forEach(seed::addSshAuthorizedKeys);
    }
    return seed.build();
  }

  private static long size(String option, String text) {
    try {
      return Quantity.parseMemoryBytes(text);
    } catch (IllegalArgumentException e) {
      throw FailureException.usage(option + ": " + e.getMessage());
    }
  }

  private static String text(String option, String file) {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
      if (bytes.length > FILE_BYTES_MAX) {
        throw RunSpec.wrong(option, file, "a file of at most 64 KiB");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException | InvalidPathException e) {
      throw FailureException.usage(option + ": cannot read " + file + ": " + FileTrouble.why(e));
    }
  }
}
