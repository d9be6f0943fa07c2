package dev.berth.agent.driver.libvirt;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// UEFI firmware for virtual machines that is installed on this node.
///
/// @param code the firmware
/// @param variables the template of its variables
/// @param secure whether it starts only what is signed by a key in the template
record Uefi(Path code, Path variables, boolean secure) {
  private static final List<Uefi> KNOWN =
      List.of(
          open("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
          open("/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"),
          open("/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"),
          open("/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/AAVMF/AAVMF_VARS.fd"),
          secure("/usr/share/OVMF/OVMF_CODE_4M.ms.fd", "/usr/share/OVMF/OVMF_VARS_4M.ms.fd"),
          secure("/usr/share/OVMF/OVMF_CODE.ms.fd", "/usr/share/OVMF/OVMF_VARS.ms.fd"),
          secure(
              "/usr/share/edk2/ovmf/OVMF_CODE.secboot.fd",
              "/usr/share/edk2/ovmf/OVMF_VARS.secboot.fd"));

  private static Uefi open(String code, String variables) {
    return new Uefi(Path.of(code), Path.of(variables), false);
  }

  private static Uefi secure(String code, String variables) {
    return new Uefi(Path.of(code), Path.of(variables), true);
  }

  /// The first of the usual ones that is there.
  static Optional<Uefi> installed(boolean secure) {
    return KNOWN.stream()
        .filter(each -> each.secure == secure)
        .filter(each -> Files.isReadable(each.code) && Files.isReadable(each.variables))
        .findFirst();
  }

  static boolean isInstalled() {
    return installed(false).isPresent();
  }
}
