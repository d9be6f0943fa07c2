package dev.berth.agent.boot;

import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_BOOT_LOADER;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_CLOUD_INIT;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_CREATED;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_FIRMWARE;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_GUEST_AGENT;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_INIT;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_KERNEL;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_READY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import dev.berth.spec.Printable;
import dev.berth.v1.BootMarker;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.BootPhaseSource;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class BootObserverTest {
  private static final Instant T0 = Instant.parse("2026-11-29T14:00:00Z");
  private static final String FIRST = "[    0.000000] Linux version 6.1.0-18-amd64 (gcc) #1 SMP";

  private final BootObserver observer = new BootObserver(BootMarkers.known());

  private static BootMarker marker(BootPhaseKind phase, String text) {
    return BootMarker.newBuilder().setPhase(phase).setText(text).build();
  }

  private static List<BootPhaseKind> kinds(BootSign sign) {
    return switch (sign) {
      case BootSign.Nothing _ -> List.of();
      case BootSign.Entered(List<BootPhase> phases) ->
          phases.stream().map(BootPhase::getPhase).toList();
      case BootSign.Rebooted(List<BootPhase> phases) ->
          phases.stream().map(BootPhase::getPhase).toList();
    };
  }

  private BootSign line(String text) {
    return observer.line(text, T0);
  }

  private void assertEnters(BootPhaseKind kind, String text) {
    observer.restart();
    assertEquals(List.of(kind), kinds(line(text)), text);
  }

  private void assertIsReboot(BootPhaseKind kind, String text) {
    BootSign sign = line(text);
    assertInstanceOf(BootSign.Rebooted.class, sign, text);
    assertEquals(List.of(kind), kinds(sign), text);
  }

  private void assertIsNothing(String text) {
    assertEquals(new BootSign.Nothing(), line(text), text);
  }

  @Test
  void knowsWhatFirmwareLoadersKernelsAndInitsWrite() {
    assertEnters(BOOT_PHASE_KIND_FIRMWARE, "SeaBIOS (version 1.16.2-debian-1.16.2-1)");
    assertEnters(BOOT_PHASE_KIND_FIRMWARE, "BdsDxe: loading Boot0001 \"UEFI Misc Device\" from x");
    assertEnters(BOOT_PHASE_KIND_FIRMWARE, "UEFI firmware (version 2022.11-6 built at 00:00:00)");
    assertEnters(BOOT_PHASE_KIND_FIRMWARE, "OpenSBI v1.3");
    assertEnters(BOOT_PHASE_KIND_BOOT_LOADER, "Welcome to GRUB!");
    assertEnters(BOOT_PHASE_KIND_BOOT_LOADER, "GNU GRUB  version 2.06-13+deb12u1");
    assertEnters(BOOT_PHASE_KIND_BOOT_LOADER, "Loading Linux 6.1.0-18-cloud-amd64 ...");
    assertEnters(BOOT_PHASE_KIND_BOOT_LOADER, "SYSLINUX 6.04 EDD 6.04-pre1 Copyright (C)");
    assertEnters(BOOT_PHASE_KIND_BOOT_LOADER, "U-Boot 2023.01+dfsg-2 (Jan 01 2023)");
    assertEnters(BOOT_PHASE_KIND_BOOT_LOADER, "LILO 24.2 Loading Linux.....");
    assertEnters(BOOT_PHASE_KIND_BOOT_LOADER, "systemd-boot 252.22-1~deb12u1");
    assertEnters(BOOT_PHASE_KIND_KERNEL, "Linux version 5.10.0 (gcc) #1");
    assertEnters(BOOT_PHASE_KIND_KERNEL, "EFI stub: Loaded initrd from LINUX_EFI_INITRD_MEDIA");
    assertEnters(BOOT_PHASE_KIND_KERNEL, "Decompressing Linux... Parsing ELF... done.");
    assertEnters(BOOT_PHASE_KIND_KERNEL, "Copyright (c) 1992-2023 The FreeBSD Project.");
    assertEnters(BOOT_PHASE_KIND_INIT, "INIT: version 3.06 booting");
    assertEnters(BOOT_PHASE_KIND_INIT, "init started: BusyBox v1.36.1 (Debian 1:1.36.1-1)");
    assertEnters(BOOT_PHASE_KIND_INIT, "   OpenRC 0.54 is starting up Linux 6.6.31-0-virt");
    assertEnters(BOOT_PHASE_KIND_INIT, "Welcome to Debian GNU/Linux 12 (bookworm)!");
    assertEnters(BOOT_PHASE_KIND_CLOUD_INIT, "cloud-init[1]: Cloud-init v. 22.4.2 running 'init'");
    assertEnters(BOOT_PHASE_KIND_READY, "db-1 login: ");
    assertEnters(BOOT_PHASE_KIND_READY, "db-1 login: [    4.493841] IPv6: eth0: link is ready");
    observer.restart();
    assertIsNothing("iPXE (http://ipxe.org) 00:02.0 CA00 PCI2.10");
    assertIsNothing("Last login: Sun Nov 29 14:00:00 on ttyS0");
    assertIsNothing("failed login: too many tries");
    assertIsNothing("");
  }

  @Test
  void eachPhaseIsEnteredOnceAndNoneBehindTheLatest() {
    assertEquals(List.of(BOOT_PHASE_KIND_FIRMWARE), kinds(line("SeaBIOS (version 1.16.2)")));
    assertIsNothing("SeaBIOS (version 1.16.2)");
    assertEquals(List.of(BOOT_PHASE_KIND_KERNEL), kinds(line(FIRST)));
    assertIsNothing("[    0.000000] Command line: console=ttyS0");
    assertIsNothing("[    0.000000] efi: EFI v2.70 by EDK II");
    assertIsNothing("Welcome to GRUB!");
    BootSign init = line("[    2.964211] Run /init as init process");
    assertEquals(List.of(BOOT_PHASE_KIND_INIT), kinds(init));
    assertIsNothing("[    3.1] systemd[1]: systemd 252 running in system mode");
    assertEquals(BOOT_PHASE_KIND_INIT, observer.latest());
  }

  @Test
  void aPhaseTellsWhenByWhomAndTheKernelsClock() {
    observer.line(FIRST, T0);
    BootSign sign =
        observer.line("[    2.964211] Run /init as init process\u202e", T0.plusMillis(3_100));
    BootPhase expected =
        BootPhase.newBuilder()
            .setPhase(BOOT_PHASE_KIND_INIT)
            .setTime(Timestamp.newBuilder().setSeconds(T0.getEpochSecond() + 3).setNanos(100000000))
            .setSource(BootPhaseSource.BOOT_PHASE_SOURCE_SERIAL)
            .setEvidence("[    2.964211] Run /init as init process\\u{202e}")
            .setGuestNanos(2_964_211_000L)
            .build();
    assertEquals(new BootSign.Entered(List.of(expected)), sign);
  }

  @Test
  void evidenceIsShortAndPrintable() {
    BootSign sign = line("Welcome to " + "😀\u0007".repeat(200) + "!");
    String evidence =
        assertInstanceOf(BootSign.Entered.class, sign).phases().getFirst().getEvidence();
    assertTrue(evidence.length() <= 200 && evidence.endsWith("…"), evidence);
    assertTrue(Printable.isSafe(evidence), evidence);
  }

  @Test
  void aKernelThatWasSilentIsInferredFromItsClock() {
    line("SeaBIOS (version 1.16.2)");
    BootSign sign =
        observer.line(
            "[    1.500000][    T1] systemd[1]: systemd 252 running in system mode",
            T0.plusSeconds(4));
    List<BootPhase> phases = assertInstanceOf(BootSign.Entered.class, sign).phases();
    assertEquals(List.of(BOOT_PHASE_KIND_KERNEL, BOOT_PHASE_KIND_INIT), kinds(sign));
    assertTrue(phases.getFirst().getInferred());
    Timestamp began =
        Timestamp.newBuilder().setSeconds(T0.getEpochSecond() + 2).setNanos(500_000_000).build();
    assertEquals(began, phases.getFirst().getTime());
    assertFalse(phases.getLast().getInferred());
    assertEquals(1_500_000_000L, phases.getLast().getGuestNanos());
  }

  @Test
  void aKernelIsNotInferredToHaveBegunBeforeWhatCameBeforeIt() {
    observer.line("Welcome to GRUB!", T0);
    BootSign sign = observer.line("[   60.000000] random: crng init done", T0.plusSeconds(1));
    BootPhase kernel = assertInstanceOf(BootSign.Entered.class, sign).phases().getFirst();
    assertEquals(T0.getEpochSecond(), kernel.getTime().getSeconds());
  }

  @Test
  void firmwareAfterLaterPhasesMeansThatItRebooted() {
    line("SeaBIOS (version 1.16.2)");
    line("Welcome to GRUB!");
    line(FIRST);
    line("db-1 login: ");
    assertIsReboot(BOOT_PHASE_KIND_FIRMWARE, "SeaBIOS (version 1.16.2)");
    assertEquals(List.of(BOOT_PHASE_KIND_BOOT_LOADER), kinds(line("Welcome to GRUB!")));
    assertEquals(List.of(BOOT_PHASE_KIND_KERNEL), kinds(line(FIRST)));
  }

  @Test
  void withoutFirmwareTheLoaderMeansThatAndWithoutLoaderTheKernel() {
    line("Welcome to GRUB!");
    line(FIRST);
    assertIsReboot(BOOT_PHASE_KIND_BOOT_LOADER, "Welcome to GRUB!");
    observer.restart();
    line(FIRST);
    assertIsNothing(FIRST);
    line("[    0.100000] x86/mm: Checked W+X mappings");
    assertIsReboot(BOOT_PHASE_KIND_KERNEL, FIRST);
    line("db-1 login: ");
    assertIsReboot(BOOT_PHASE_KIND_KERNEL, FIRST);
    assertEquals(List.of(BOOT_PHASE_KIND_READY), kinds(line("db-1 login: ")));
  }

  @Test
  void aRepeatedKernelLogIsNoRebootUnlessTheKernelSaidGoodbye() {
    line("SeaBIOS (version 1.16.2)");
    line(FIRST);
    line("db-1 login: ");
    assertIsNothing(FIRST); // dmesg
    assertIsNothing("Linux version 6.1.0-18-amd64"); // cat /proc/version
    assertIsNothing("[   90.000000] kexec_core: Starting new kernel");
    assertIsReboot(BOOT_PHASE_KIND_KERNEL, FIRST);
  }

  @Test
  void aWorkloadsMarkersTakeThePlaceOfTheKnownOnes() {
    BootObserver own =
        new BootObserver(
            BootMarkers.with(
                List.of(
                    marker(BOOT_PHASE_KIND_READY, "web server on port"),
                    marker(BOOT_PHASE_KIND_CREATED, "never"),
                    marker(BOOT_PHASE_KIND_INIT, ""))));
    assertEquals(List.of(), kinds(own.line("never", T0)));
    assertEquals(List.of(BOOT_PHASE_KIND_INIT), kinds(own.line("systemd[1]: x", T0)));
    assertEquals(List.of(), kinds(own.line("db-1 login: ", T0)));
    assertEquals(List.of(), kinds(own.unfinished("db-1 login: ", T0)));
    assertEquals(
        List.of(BOOT_PHASE_KIND_READY), kinds(own.line("init: web server on port 80 starts", T0)));
  }

  @Test
  void ofALineThatHasNotEndedOnlyReadinessIsTaken() {
    assertEquals(new BootSign.Nothing(), observer.unfinished("Welcome to GRUB!", T0));
    assertEquals(new BootSign.Nothing(), observer.unfinished("", T0));
    assertEquals(List.of(BOOT_PHASE_KIND_READY), kinds(observer.unfinished("db-1 login: ", T0)));
    assertEquals(new BootSign.Nothing(), observer.unfinished("db-1 login: ", T0));
    assertIsNothing("db-1 login: root");
  }

  @Test
  void theGuestAgentIsAPhaseUnlessTheMachineIsFurtherOrTheWorkloadHasAMarkerForIt() {
    line(FIRST);
    BootSign sign = observer.agent(T0.minusSeconds(1));
    BootPhase phase = assertInstanceOf(BootSign.Entered.class, sign).phases().getFirst();
    assertEquals(BOOT_PHASE_KIND_GUEST_AGENT, phase.getPhase());
    assertEquals(BootPhaseSource.BOOT_PHASE_SOURCE_GUEST_AGENT, phase.getSource());
    assertEquals(T0.getEpochSecond(), phase.getTime().getSeconds());
    assertFalse(phase.getInferred());
    assertEquals(new BootSign.Nothing(), observer.agent(T0));
    assertEquals(List.of(BOOT_PHASE_KIND_READY), kinds(line("db-1 login: ")));
    observer.restart();
    line("db-1 login: ");
    assertEquals(new BootSign.Nothing(), observer.agent(T0));
    BootObserver own =
        new BootObserver(
            BootMarkers.with(List.of(marker(BOOT_PHASE_KIND_GUEST_AGENT, "agent is up"))));
    assertEquals(new BootSign.Nothing(), own.agent(T0));
    assertEquals(List.of(BOOT_PHASE_KIND_GUEST_AGENT), kinds(own.line("agent is up", T0)));
  }

  @Test
  void goesOnWhereAnotherStopped() {
    line("SeaBIOS (version 1.16.2)");
    BootSign kernel = line(FIRST);
    List<BootPhase> entered = assertInstanceOf(BootSign.Entered.class, kernel).phases();
    BootObserver next = BootObserver.resuming(BootMarkers.known(), entered);
    assertEquals(BOOT_PHASE_KIND_KERNEL, next.latest());
    assertEquals(new BootSign.Nothing(), next.line("Welcome to GRUB!", T0));
    assertEquals(
        List.of(BOOT_PHASE_KIND_INIT),
        kinds(next.line("[    2.964211] Run /init as init process", T0)));
  }
}
