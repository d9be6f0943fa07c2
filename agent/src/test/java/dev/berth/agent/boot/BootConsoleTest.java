package dev.berth.agent.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.BootPhase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// What consoles of real machines say: `bios`, `uefi` and `direct` are recordings of the demo
/// machine, `debian` is one of a Debian 12 with cloud-init, all shortened; the others are as their
/// systems write.
class BootConsoleTest {
  private static final Instant T0 = Instant.parse("2026-11-29T14:00:00Z");

  private final List<BootPhase> phases = new ArrayList<>();

  private static byte[] recording(String name) throws IOException {
    try (InputStream in = BootConsoleTest.class.getResourceAsStream(name + ".console")) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private BootConsole console() {
    return new BootConsole(
        new BootObserver(BootMarkers.known()),
        sign -> phases.addAll(assertInstanceOf(BootSign.Entered.class, sign).phases()));
  }

  /// Phases of a recording, `~` before those that are inferred.
  private List<String> phasesOf(String name) throws IOException {
    phases.clear();
    byte[] bytes = recording(name);
    console().bytes(bytes, bytes.length, T0, false);
    return summary();
  }

  private List<String> summary() {
    return phases.stream()
        .map(
            phase ->
                (phase.getInferred() ? "~" : "")
                    + phase.getPhase().name().substring("BOOT_PHASE_KIND_".length()))
        .toList();
  }

  private String evidence(int index) {
    return phases.get(index).getEvidence();
  }

  @Test
  void aMachineWithABiosShowsAllThatThereIs() throws IOException {
    assertEquals(List.of("FIRMWARE", "BOOT_LOADER", "KERNEL", "INIT", "READY"), phasesOf("bios"));
    assertEquals("SeaBIOS (version 1.16.2-debian-1.16.2-1)", evidence(0));
    assertEquals("GRUB loading...", evidence(1));
    assertTrue(evidence(2).startsWith("[    0.000000] Linux version 6.1.0-"), evidence(2));
    assertEquals(0, phases.get(2).getGuestNanos());
    assertTrue(phases.get(2).hasGuestNanos());
    assertEquals("[    2.964211] Run /init as init process", evidence(3));
    assertTrue(evidence(4).startsWith("demo-vm login:"), evidence(4));
  }

  @Test
  void aMachineWithUefiIsNotTakenForRebootedByWhatTheKernelSaysOfIt() throws IOException {
    assertEquals(List.of("FIRMWARE", "BOOT_LOADER", "KERNEL", "INIT", "READY"), phasesOf("uefi"));
    assertTrue(evidence(0).startsWith("BdsDxe: loading Boot0001 \"UEFI Misc"), evidence(0));
    assertEquals("Welcome to GRUB!", evidence(1));
  }

  @Test
  void aKernelThatIsStartedDirectlyIsTheFirst() throws IOException {
    assertEquals(List.of("KERNEL", "INIT", "READY"), phasesOf("direct"));
  }

  @Test
  void cloudInitComesBetweenSystemdAndTheLogin() throws IOException {
    assertEquals(
        List.of("FIRMWARE", "BOOT_LOADER", "KERNEL", "INIT", "CLOUD_INIT", "READY"),
        phasesOf("systemd"));
    assertEquals("[    0.842915] Run /init as init process", evidence(3));
    assertTrue(evidence(4).contains("cloud-init-local"), evidence(4));
  }

  @Test
  void aRealCloudInitIsSeenBetweenEscapesAndLinesOfTheKernel() throws IOException {
    assertEquals(
        List.of("FIRMWARE", "BOOT_LOADER", "KERNEL", "INIT", "CLOUD_INIT", "READY"),
        phasesOf("debian"));
    assertEquals("GRUB loading...", evidence(1));
    assertEquals("[    7.997192] Run /init as init process", evidence(3));
    assertEquals("Starting cloud-init-local.…cloud-init job (pre-networking)...", evidence(4));
    assertTrue(evidence(5).startsWith("web-1 login: "), evidence(5));
  }

  @Test
  void oldAndSmallSystemsAreKnownToo() throws IOException {
    assertEquals(List.of("BOOT_LOADER", "KERNEL", "INIT", "READY"), phasesOf("sysvinit"));
    assertEquals("INIT: version 3.06 booting", evidence(2));
    assertEquals("old login:", evidence(3));
    assertEquals(List.of("BOOT_LOADER", "~KERNEL", "INIT", "READY"), phasesOf("openrc"));
    assertEquals("Alpine Init 3.9.0-r2", evidence(2));
    assertEquals(1_512_004_000L, phases.get(1).getGuestNanos());
  }

  @Test
  void phasesDoNotDependOnThePiecesThatTheyComeIn() throws IOException {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    for (String name :
        List.of("bios", "uefi", "direct", "systemd", "debian", "sysvinit", "openrc")) {
      List<String> expected = phasesOf(name);
      byte[] bytes = recording(name);
      for (int i = 0; i < 20; i++) {
        phases.clear();
        BootConsole console = console();
        for (int from = 0; from < bytes.length; ) {
          int to = Math.min(bytes.length, from + 1 + random.nextInt(i < 10 ? 5 : 500));
          console.bytes(Arrays.copyOfRange(bytes, from, to), to - from, T0, false);
          from = to;
        }
        assertEquals(expected, summary(), name);
      }
    }
  }

  @Test
  void whatIsReplayedIsInferred() throws IOException {
    byte[] bytes = recording("direct");
    console().bytes(bytes, bytes.length, T0, true);
    assertEquals(List.of("~KERNEL", "~INIT", "~READY"), summary());
    assertEquals(T0.getEpochSecond(), phases.getFirst().getTime().getSeconds());
  }

  @Test
  void aMachineThatIsStartedAgainShowsItAll() throws IOException {
    List<BootSign> signs = new ArrayList<>();
    BootConsole console = new BootConsole(new BootObserver(BootMarkers.known()), signs::add);
    for (String name : List.of("bios", "bios", "direct", "uefi")) {
      byte[] bytes = recording(name);
      console.bytes(bytes, bytes.length, T0, false);
    }
    // The third start has no firmware, but the second one's kernel has said that it ends.
    assertEquals(5 + 5 + 3 + 5, signs.size());
    for (int i = 0; i < signs.size(); i++) {
      assertEquals(
          i == 5 || i == 10 || i == 13, signs.get(i) instanceof BootSign.Rebooted, "sign " + i);
    }
  }

  @Test
  void rubbishIsNoStart() {
    byte[] bytes = new byte[1 << 20];
    RandomGeneratorFactory.of("L64X128MixRandom").create(1).nextBytes(bytes);
    console().bytes(bytes, bytes.length, T0, false);
    assertEquals(List.of(), phases);
  }

  @Test
  void aTruncatedFileLeavesNoHalfLine() {
    BootConsole console = console();
    byte[] half = "some".getBytes(StandardCharsets.US_ASCII);
    byte[] rest = "thing login: ".getBytes(StandardCharsets.US_ASCII);
    console.bytes(half, half.length, T0, false);
    console.truncated();
    console.bytes(rest, rest.length, T0, false);
    assertEquals("thing login:", evidence(0));
    assertFalse(phases.getFirst().getInferred());
  }
}
