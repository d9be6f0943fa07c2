package dev.berth.agent.driver.libvirt;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// UEFI firmware for virtual machines that is installed on this node.
///
/// @param code the firmware
/// @param variables the template of its variables
record Uefi(Path code, Path variables) {
  private static final List<Uefi> KNOWN =
      List.of(
          of("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
          of("/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"),
          of("/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"),
          of("/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/AAVMF/AAVMF_VARS.fd"));

  private static Uefi of(String code, String variables) {
    return new Uefi(Path.of(code), Path.of(variables));
  }

  /// The first of the usual ones that is there.
  static Optional<Uefi> installed() {
    return KNOWN.stream()
        .filter(each -> Files.isReadable(each.code) && Files.isReadable(each.variables))
        .findFirst();
  }

  static boolean isInstalled() {
    return installed().isPresent();
  }
}
