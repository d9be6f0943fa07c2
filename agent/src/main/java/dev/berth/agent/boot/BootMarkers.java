package dev.berth.agent.boot;

import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_BOOT_LOADER;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_CLOUD_INIT;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_FIRMWARE;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_INIT;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_KERNEL;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_READY;

import dev.berth.v1.BootMarker;
import dev.berth.v1.BootPhaseKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Which lines of a console mark which phase: a table of what is known of firmware, boot loaders,
/// kernels and init systems, and what a workload says of its own. A phase that a workload has a
/// marker for is begun by its markers alone. Immutable.
public final class BootMarkers {
  private static final List<Marker> KNOWN =
      List.of(
          containing(
              BOOT_PHASE_KIND_FIRMWARE,
              "SeaBIOS (version ",
              "BdsDxe: ", // of OVMF; "EDK II" is what the kernel says of it later
              "UEFI firmware (version ",
              "UEFI firmware starting",
              "UEFI Interactive Shell",
              "SecCoreStartupWithStack(",
              "NOTICE:  BL1: ",
              "SLOF **"),
          like(BOOT_PHASE_KIND_FIRMWARE, "OpenSBI v", "^OpenSBI v\\d"),
          containing(
              BOOT_PHASE_KIND_BOOT_LOADER,
              "GNU GRUB",
              "Welcome to GRUB!",
              "GRUB loading",
              "Booting `", // of GRUB: the entry that was chosen
              "FreeBSD/x86 bootstrap loader",
              "FreeBSD EFI boot block",
              ">> OpenBSD/",
              ">> NetBSD/"),
          like(BOOT_PHASE_KIND_BOOT_LOADER, "Loading Linux ", "^ *Loading Linux \\S+ \\.\\.\\."),
          like(BOOT_PHASE_KIND_BOOT_LOADER, "LINUX ", "\\b(?:SYS|ISO|EXT|PXE)LINUX \\d"),
          like(BOOT_PHASE_KIND_BOOT_LOADER, "systemd-boot", "\\bsystemd-boot[ @]v?\\d"),
          like(BOOT_PHASE_KIND_BOOT_LOADER, "U-Boot ", "\\bU-Boot (?:[ST]PL )?\\d{4}\\.\\d\\d"),
          like(BOOT_PHASE_KIND_BOOT_LOADER, "LILO", "^LILO(?: \\d| boot:|$)"),
          like(BOOT_PHASE_KIND_BOOT_LOADER, "Limine ", "^ *Limine v?\\d"),
          containing(
              BOOT_PHASE_KIND_KERNEL,
              "EFI stub: ",
              "Decompressing Linux",
              "Uncompressing Linux",
              "Booting the kernel",
              "Booting Linux on physical CPU",
              "---<<BOOT>>---"), // of FreeBSD
          like(BOOT_PHASE_KIND_KERNEL, "Linux version ", "\\bLinux version \\d"),
          like(BOOT_PHASE_KIND_KERNEL, "Copyright (c) ", "^Copy.*(?:FreeBSD Project|OpenBSD)"),
          containing(
              BOOT_PHASE_KIND_INIT,
              "systemd[1]: ",
              "init started: BusyBox",
              "init: started BusyBox",
              "Begin: Loading essential drivers", // of Debian's initial RAM disk
              "dracut: dracut-",
              "procd: - early -",
              "runit: enter stage: "),
          like(BOOT_PHASE_KIND_INIT, " as init process", "\\bRun /\\S+ as init process"),
          like(BOOT_PHASE_KIND_INIT, " running in system mode", "\\bsystemd \\d"),
          like(BOOT_PHASE_KIND_INIT, "INIT: version ", "^INIT: version \\S+ booting"),
          like(BOOT_PHASE_KIND_INIT, " is starting up", "\\bOpenRC "),
          like(BOOT_PHASE_KIND_INIT, "Welcome to ", "^Welcome to (?!GRUB).+!$"),
          like(BOOT_PHASE_KIND_INIT, "Alpine Init ", "^ *Alpine Init \\d"),
          containing(
              BOOT_PHASE_KIND_CLOUD_INIT,
              "Cloud-init v. ",
              "Starting cloud-init-local",
              "Initial cloud-init job"),
          containing(BOOT_PHASE_KIND_READY, "Please press Enter to activate this console"),
          // A line of the kernel may come between the prompt and its end.
          like(BOOT_PHASE_KIND_READY, "login:", "^(?:\\S+ )?login: ?(?:\\[ *\\d+\\.\\d+].*)?$"));

  private static final Predicate<String> LAST_WORDS =
      any(
          "reboot: Restarting system",
          "reboot: Power down",
          "reboot: System halted",
          "Starting new kernel",
          "Kernel panic - not syncing");

  /// A row of the table.
  ///
  /// @param own whether the workload brought it
  private record Marker(BootPhaseKind phase, boolean own, Predicate<String> fits) {
    /// What the kernel says, or repeats, is about firmware and boot loaders, not by them.
    boolean fits(String line, boolean byKernel) {
      boolean trusted = own || !byKernel || phase.compareTo(BOOT_PHASE_KIND_KERNEL) >= 0;
      return trusted && fits.test(line);
    }
  }

  private final List<Marker> markers;
  private final Set<BootPhaseKind> taken;

  /// @param taken phases that the workload has markers for
  private BootMarkers(List<Marker> markers, Set<BootPhaseKind> taken) {
    this.markers = List.copyOf(markers);
    this.taken = Set.copyOf(taken);
  }

  /// The table of what is known everywhere.
  public static BootMarkers known() {
    return with(List.of());
  }

  /// The table with the markers of a workload. Those without text, and those of a phase that no
  /// line can begin (before FIRMWARE), are left out.
  public static BootMarkers with(List<BootMarker> own) {
    List<Marker> all = new ArrayList<>();
    Set<BootPhaseKind> taken = EnumSet.noneOf(BootPhaseKind.class);
    for (BootMarker marker : own) {
      BootPhaseKind phase = marker.getPhase();
      boolean possible =
          phase != BootPhaseKind.UNRECOGNIZED && phase.compareTo(BOOT_PHASE_KIND_FIRMWARE) >= 0;
      if (possible && !marker.getText().isEmpty()) {
        all.add(new Marker(phase, true, any(marker.getText())));
        taken.add(phase);
      }
    }
    KNOWN.stream().filter(marker -> !taken.contains(marker.phase())).forEach(all::add);
    return new BootMarkers(all, taken);
  }

  /// The phase that the line begins, of those that are wanted; the workload's markers come first,
  /// then the earlier phases. UNSPECIFIED when there is none.
  ///
  /// @param byKernel whether the line has the kernel's clock
  BootPhaseKind phase(String line, boolean byKernel, Predicate<BootPhaseKind> wanted) {
    for (Marker marker : markers) {
      if (wanted.test(marker.phase()) && marker.fits(line, byKernel)) {
        return marker.phase();
      }
    }
    return BootPhaseKind.BOOT_PHASE_KIND_UNSPECIFIED;
  }

  /// Whether a phase may show in other ways than by a marker, as a kernel does by its clock: unless
  /// the workload says what means that.
  boolean mayShowOtherwise(BootPhaseKind phase) {
    return !taken.contains(phase);
  }

  /// Whether the line is the first that a kernel of Linux writes, if its clock shows 0.
  static boolean opensKernel(String line) {
    return line.contains("Linux version ") || line.contains("Booting Linux on physical CPU");
  }

  /// Whether the line is one of the last that a kernel of Linux writes.
  static boolean closesKernel(String line) {
    return LAST_WORDS.test(line);
  }

  private static Marker containing(BootPhaseKind phase, String... texts) {
    return new Marker(phase, false, any(texts));
  }

  /// @param text what such a line contains: found quickly, so that few lines are looked at closer
  private static Marker like(BootPhaseKind phase, String text, String pattern) {
    return new Marker(phase, false, any(text).and(Pattern.compile(pattern).asPredicate()));
  }

  private static Predicate<String> any(String... texts) {
    List<String> all = List.of(texts);
    return line -> {
      for (String text : all) {
        if (line.contains(text)) {
          return true;
        }
      }
      return false;
    };
  }
}
