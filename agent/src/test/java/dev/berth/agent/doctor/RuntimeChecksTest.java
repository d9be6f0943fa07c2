package dev.berth.agent.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.LayerKind;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What containers and machines run with.
class RuntimeChecksTest {
  @Test
  void aDaemonThatAnswersIsWell() {
    assertEquals(
        Finding.ok("docker", "the daemon answers; version 20.10.24"),
        Seen.well().by(new DockerCheck()));
    assertEquals(
        Verdict.WARNING,
        Seen.well().driver("docker", true, "18.09.1", "").by(new DockerCheck()).verdict());
  }

  @Test
  void aDaemonIsAwayForReasonsThatAreMendedDifferently() {
    Seen away = Seen.well().driver("docker", false, "", "docker did not answer").without("libvirt");
    assertEquals(
        Finding.problem("docker", "docker did not answer", "systemctl restart docker"),
        away.by(new DockerCheck()));
    assertEquals(
        "usermod -aG docker berth",
        away.socket(true, false).by(new DockerCheck()).mend().command());
    assertEquals(
        "systemctl start docker", away.socket(false, false).by(new DockerCheck()).mend().command());
    assertEquals(Verdict.PROBLEM, away.by(new DockerCheck()).verdict());
  }

  @Test
  void aHostForMachinesNeedsNoDaemon() {
    Finding finding =
        Seen.well().driver("docker", false, "", "away").socket(false, false).by(new DockerCheck());
    assertEquals(Verdict.SKIPPED, finding.verdict());
  }

  @Test
  void libvirtAnswersOrNot() {
    assertEquals(Verdict.OK, Seen.well().by(new LibvirtCheck()).verdict());
    assertEquals(Verdict.SKIPPED, Seen.well().without("libvirt").by(new LibvirtCheck()).verdict());
    assertEquals(
        Finding.problem("libvirt", "is libvirtd running?", "systemctl restart libvirtd"),
        Seen.well().driver("libvirt", false, "", "is libvirtd running?").by(new LibvirtCheck()));
    assertEquals(
        List.of(
            Finding.ok("libvirt", "the connection answers; version 9.0.0"),
            Finding.problem("libvirt", "libvirt-xen: gone", "systemctl restart libvirtd")),
        Seen.well().driver("libvirt-xen", false, "", "gone").allBy(new LibvirtCheck()));
  }

  private static Finding kvm(String verdict) {
    return Seen.well()
        .layer(LayerKind.LAYER_KIND_HYPERVISOR, "qemu", "kvm", verdict)
        .by(new KvmCheck());
  }

  @Test
  void accelerationIsJudgedByAGuestThatRan() {
    assertEquals(Verdict.OK, kvm("usable").verdict());
    assertEquals(Verdict.SKIPPED, kvm("absent").verdict());
    Finding dead = kvm("present but unusable (a guest hangs)");
    assertEquals(Verdict.WARNING, dead.verdict());
    assertTrue(dead.seen().contains("a guest hangs"), dead.seen());
    assertEquals(
        "usermod -aG kvm berth",
        kvm("present but unusable (it cannot be opened by this user)").mend().command());
    assertEquals(
        "systemctl restart libvirtd",
        kvm("usable, but libvirt does not offer it").mend().command());
  }

  @Test
  void accelerationIsLeftOutWhereItWasNotTried() {
    assertEquals(
        Verdict.SKIPPED,
        Seen.well().without(LayerKind.LAYER_KIND_HYPERVISOR).by(new KvmCheck()).verdict());
    assertEquals(
        Verdict.SKIPPED,
        Seen.well()
            .layer(LayerKind.LAYER_KIND_HYPERVISOR, "xen", "connection", "xen:///system")
            .by(new KvmCheck())
            .verdict());
  }

  private static Finding cgroups(String name, String controllers) {
    return Seen.well()
        .layer(LayerKind.LAYER_KIND_CGROUP, name, "controllers", controllers)
        .by(new CgroupCheck());
  }

  @Test
  void controllersThatLimitsNeedMustBeThere() {
    assertEquals(Verdict.OK, Seen.well().by(new CgroupCheck()).verdict());
    assertEquals(
        Verdict.OK, cgroups("cgroup v1", "blkio cpu cpuacct cpuset memory pids").verdict());
    Finding memory = cgroups("cgroup v1", "blkio cpu cpuset pids");
    assertEquals(Verdict.PROBLEM, memory.verdict());
    assertTrue(memory.mend().command().contains("cgroup_enable=memory"));
    Finding unified = cgroups("cgroup v2", "cpu cpuset memory pids");
    assertEquals(Verdict.WARNING, unified.verdict());
    assertEquals("echo '+io' > /sys/fs/cgroup/cgroup.subtree_control", unified.mend().command());
    assertEquals(Verdict.PROBLEM, cgroups("cgroup none", "").verdict());
    assertEquals(
        Verdict.SKIPPED,
        Seen.well().without(LayerKind.LAYER_KIND_CGROUP).by(new CgroupCheck()).verdict());
  }
}
