package dev.berth.agent.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.FindingVerdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The host itself: its clock, its disks, its limits.
class HostChecksTest {
  @Test
  void aClockMayDifferALittle() {
    assertEquals(Verdict.OK, Seen.well().by(new ClockCheck()).verdict());
    Finding ahead = Seen.well().clock(Duration.ofMillis(2500)).by(new ClockCheck());
    assertEquals(
        Finding.warning("clock", "2.5 s ahead of the controller's clock", "chronyc makestep"),
        ahead);
    Finding behind = Seen.well().clock(Duration.ofHours(-1)).by(new ClockCheck());
    assertEquals(Verdict.PROBLEM, behind.verdict());
    assertTrue(behind.seen().startsWith("3600.0 s behind"), behind.seen());
  }

  @Test
  void aDiskMayBeFullOfBytesOrOfFiles() {
    assertEquals(Verdict.OK, Seen.well().by(new DiskCheck()).verdict());
    assertEquals(
        Verdict.WARNING, Seen.well().spaces(Seen.space("85%", "3%")).by(new DiskCheck()).verdict());
    Finding files = Seen.well().spaces(Seen.space("25%", "95%")).by(new DiskCheck());
    assertEquals(Verdict.PROBLEM, files.verdict());
    assertTrue(files.mend().command().contains("--inodes /var/lib/berth"));
    assertEquals(
        Verdict.OK, Seen.well().spaces(Seen.space("25%", "-")).by(new DiskCheck()).verdict());
  }

  @Test
  void aDiskThatCannotBeSeenIsLeftOut() {
    Observations.Space elsewhere =
        new Observations.Space(
            "Docker's root", "/var/lib/docker", Optional.empty(), Optional.empty());
    assertEquals(Verdict.SKIPPED, Seen.well().spaces(elsewhere).by(new DiskCheck()).verdict());
  }

  @Test
  void theAgentAndTheHostMayOpenEnoughFiles() {
    assertEquals(Verdict.OK, Seen.well().by(new OpenFilesCheck()).verdict());
    assertEquals(Verdict.OK, Seen.well().files("unlimited", "").by(new OpenFilesCheck()).verdict());
    assertEquals(Verdict.WARNING, Seen.well().files("1024", "").by(new OpenFilesCheck()).verdict());
    assertEquals(Verdict.PROBLEM, Seen.well().files("256", "").by(new OpenFilesCheck()).verdict());
    assertEquals(Verdict.SKIPPED, Seen.well().files("x", "").by(new OpenFilesCheck()).verdict());
    List<Finding> busy = new OpenFilesCheck().of(Seen.well().files("20000", "900\t0\t1000").now());
    assertEquals(Verdict.WARNING, busy.getLast().verdict());
  }

  @Test
  void aHostThatIsWellHasNoProblemAndEveryCheckSaysSomething() {
    List<Finding> findings = Check.all(Seen.well().now());
    assertEquals(Check.ALL.size(), findings.stream().map(Finding::check).distinct().count());
    for (Finding finding : findings) {
      assertTrue(finding.message().getVerdict() != FindingVerdict.FINDING_VERDICT_PROBLEM);
      assertTrue(!finding.message().getSeen().isEmpty());
    }
  }
}
