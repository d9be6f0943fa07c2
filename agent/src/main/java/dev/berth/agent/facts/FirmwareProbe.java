package dev.berth.agent.facts;

import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import java.util.Locale;
import java.util.Optional;

/// What started the host. A container sees no `/sys/firmware`, and a kernel that was started
/// directly has none that could be asked: both are "unknown", since the absence of UEFI's files
/// proves a BIOS only where other tables of the firmware can be seen.
final class FirmwareProbe {
  private static final String TABLES = "sys/firmware";
  private static final String EFI = TABLES + "/efi";
  private static final String SECURE_BOOT =
      EFI + "/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
  // Four bytes of attributes come before a variable's value.
  private static final int SECURE_BOOT_BYTES = 5;

  /// Which, and what gave it away.
  private record Kind(String name, String evidence) {}

  private FirmwareProbe() {}

  static Layer read(HostFiles files) {
    Kind kind = kind(files);
    Layer.Builder layer =
        Layer.newBuilder()
            .setKind(LayerKind.LAYER_KIND_FIRMWARE)
            .setName(kind.name())
            .setVersion(dmi(files, "bios_version").orElse(""))
            .putAttributes("evidence", kind.evidence());
    dmi(files, "bios_vendor").ifPresent(vendor -> layer.putAttributes("vendor", vendor));
    dmi(files, "bios_date").ifPresent(date -> layer.putAttributes("date", date));
    dmi(files, "bios_release").ifPresent(release -> layer.putAttributes("release", release));
    files.text(EFI + "/fw_platform_size").ifPresent(bits -> layer.putAttributes("efi_bits", bits));
    files
        .bytes(SECURE_BOOT, SECURE_BOOT_BYTES)
        .filter(bytes -> bytes.length == SECURE_BOOT_BYTES)
        .ifPresent(
            bytes ->
                layer.putAttributes(
                    "secure_boot", bytes[SECURE_BOOT_BYTES - 1] == 1 ? "on" : "off"));
    return layer.build();
  }

  private static Kind kind(HostFiles files) {
    if (files.exists(EFI)) {
      return new Kind("UEFI", "/sys/firmware/efi");
    }
    Optional<String> maker = dmi(files, "bios_vendor").map(each -> each.toLowerCase(Locale.ROOT));
    if (maker.filter(FirmwareProbe::makesUefi).isPresent()) {
      return new Kind("UEFI", "DMI vendor");
    }
    if (maker.filter(each -> each.contains("seabios")).isPresent()) {
      return new Kind("BIOS", "DMI vendor");
    }
    if (maker.isPresent() && files.exists(TABLES + "/acpi")) {
      return new Kind("BIOS", "DMI and ACPI without /sys/firmware/efi");
    }
    return new Kind(
        "unknown",
        maker.isPresent() ? "/sys/firmware cannot be seen" : "neither UEFI's files nor DMI");
  }

  private static boolean makesUefi(String maker) {
    return maker.contains("efi development kit")
        || maker.contains("edk ii")
        || maker.contains("ovmf")
        || maker.contains("tianocore");
  }

  private static Optional<String> dmi(HostFiles files, String field) {
    return files.text("sys/class/dmi/id/" + field);
  }
}
