package dev.berth.agent.driver.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.facts.CgroupHierarchy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Both versions of cgroups on a tree of plain files: which of the kernel's files are written.
class InstanceCgroupTest {
  private static final String ID = "0123456789abcdef0123456789abcdef";

  @TempDir Path root;

  private Path file(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private String text(String path) throws IOException {
    return Files.readString(root.resolve(path));
  }

  @Test
  void findsWhatTheUnifiedHierarchyLetsItUse() throws IOException {
    file("cg/cgroup.subtree_control", "");
    file("cg/system.slice/cgroup.subtree_control", "");
    file("cg/system.slice/b/cgroup.subtree_control", "");
    file("cg/system.slice/b/cgroup.procs", "");
    CgroupGround ground =
        CgroupGround.open(
            new CgroupHierarchy(
                new TreeMap<>(), Optional.of(root.resolve("cg")), List.of("cpu", "memory")),
            "system.slice/b");
    // The kernel takes one controller after the other; a plain file keeps the last one.
    assertTrue(text("cg/cgroup.subtree_control").startsWith("+io"));
    assertTrue(text("cg/system.slice/b/cgroup.subtree_control").startsWith("+io"));
    assertTrue(ground.holdsTrees());
    assertFalse(ground.of(ID).killSwitch().isPresent());
    assertEquals(
        List.of(root.resolve("cg/system.slice/b").resolve(ID).resolve("cgroup.procs")),
        ground.of(ID).entrances());
  }

  @Test
  void capabilitiesFollowFromControllersOfEitherVersion() {
    TreeMap<String, Path> v1 = new TreeMap<>();
    v1.put("memory", root);
    CgroupGround ground = new CgroupGround(v1, Optional.of(root), Set.of("cpu"));
    assertEquals(Set.of("memory-limit", "cpu-limit", "resize"), ground.capabilities());
    assertEquals(Set.of(), CgroupGround.NONE.capabilities());
  }

  @Test
  void limitsAreWrittenInTheWordsOfEachVersion() throws IOException {
    for (String name :
        List.of(
            "m/memory.limit_in_bytes",
            "m/memory.memsw.limit_in_bytes",
            "c/cpu.cfs_period_us",
            "c/cpu.cfs_quota_us",
            "p/pids.max",
            "u/memory.max",
            "u/memory.swap.max",
            "u/cpu.max",
            "u/pids.max")) {
      file(name, "");
    }
    TreeMap<String, Path> v1 = new TreeMap<>();
    v1.put("memory", root.resolve("m"));
    v1.put("cpu", root.resolve("c"));
    v1.put("pids", root.resolve("p"));
    CgroupLimits limits = new CgroupLimits(250, 64L << 20, 7);
    new InstanceCgroup(v1, Optional.empty(), Set.of()).limit(limits);
    assertEquals("67108864", text("m/memory.limit_in_bytes"));
    assertEquals("67108864", text("m/memory.memsw.limit_in_bytes"), "swap counts as memory");
    assertEquals("100000", text("c/cpu.cfs_period_us"));
    assertEquals("25000", text("c/cpu.cfs_quota_us"));
    assertEquals("7", text("p/pids.max"));
    Set<String> all = Set.of("memory", "cpu", "pids");
    new InstanceCgroup(new TreeMap<>(), Optional.of(root.resolve("u")), all).limit(limits);
    assertEquals("67108864", text("u/memory.max"));
    assertEquals("0", text("u/memory.swap.max"));
    assertEquals("25000 100000", text("u/cpu.max"));
    assertEquals("7", text("u/pids.max"));
  }

  @Test
  void moreMemoryIsAllowedTogetherWithSwapFirst() throws IOException {
    file("m/memory.limit_in_bytes", "33554432");
    // There is none to write to: only the order counts.
    TreeMap<String, Path> v1 = new TreeMap<>();
    v1.put("memory", root.resolve("m"));
    InstanceCgroup cgroup = new InstanceCgroup(v1, Optional.empty(), Set.of());
    Files.createDirectories(root.resolve("m/memory.memsw.limit_in_bytes"));
    assertThrows(IOException.class, () -> cgroup.limit(new CgroupLimits(0, 64L << 20, 0)));
    assertEquals("33554432", text("m/memory.limit_in_bytes"), "not before both together");
    assertThrows(IOException.class, () -> cgroup.limit(new CgroupLimits(0, 16L << 20, 0)));
    assertEquals("16777216", text("m/memory.limit_in_bytes"), "before both together");
  }

  @Test
  void freezesInTheWordsOfEachVersion() throws IOException {
    file("f/freezer.state", "THAWED\n");
    file("u/cgroup.freeze", "0\n");
    TreeMap<String, Path> v1 = new TreeMap<>();
    v1.put("freezer", root.resolve("f"));
    InstanceCgroup one = new InstanceCgroup(v1, Optional.of(root.resolve("u")), Set.of());
    InstanceCgroup two =
        new InstanceCgroup(new TreeMap<>(), Optional.of(root.resolve("u")), Set.of());
    assertFalse(one.isFrozen() || two.isFrozen());
    one.freeze(true);
    assertTrue(one.isFrozen());
    assertEquals("FROZEN", text("f/freezer.state").strip());
    file("f/freezer.state", "FREEZING\n");
    assertTrue(one.isFrozen(), "it is about to");
    file("f/freezer.state", "FROZEN\n");
    one.freeze(false);
    assertFalse(one.isFrozen());
    assertFalse(two.isFrozen());
    two.freeze(true);
    assertTrue(two.isFrozen());
    assertEquals("1", text("u/cgroup.freeze").strip());
  }

  @Test
  void theAgentsOwnPlaceIsFoundInEitherVersion() throws IOException {
    TreeMap<String, Path> v1 = new TreeMap<>();
    v1.put("cpuacct", root.resolve("c"));
    file("proc/self/cgroup", "5:freezer:/x\n4:cpu,cpuacct:/a:b\n0::/u/v\n");
    assertEquals(
        Optional.of(root.resolve("c/a:b/cgroup.procs")),
        CgroupDoor.of(new CgroupHierarchy(v1, Optional.empty(), List.of()), root.resolve("proc"))
            .own());
    assertEquals(
        Optional.of(root.resolve("w/u/v/cgroup.procs")),
        CgroupDoor.of(
                new CgroupHierarchy(new TreeMap<>(), Optional.of(root.resolve("w")), List.of()),
                root.resolve("proc"))
            .own());
    assertEquals(
        CgroupDoor.NONE,
        CgroupDoor.of(
            new CgroupHierarchy(new TreeMap<>(), Optional.empty(), List.of()),
            root.resolve("nothing")));
  }

  @Test
  void killsAreToldByBothVersions() throws IOException {
    TreeMap<String, Path> v1 = new TreeMap<>();
    v1.put("memory", root.resolve("m"));
    InstanceCgroup one = new InstanceCgroup(v1, Optional.empty(), Set.of());
    InstanceCgroup two =
        new InstanceCgroup(new TreeMap<>(), Optional.of(root.resolve("u")), Set.of("memory"));
    assertFalse(one.ranOutOfMemory() || two.ranOutOfMemory());
    file("m/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n");
    file("u/memory.events", "low 0\noom 3\noom_kill 0\noom_group_kill 0\n");
    assertFalse(one.ranOutOfMemory() || two.ranOutOfMemory());
    file("m/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
    file("u/memory.events", "low 0\noom 3\noom_kill 2\noom_group_kill 0\n");
    assertTrue(one.ranOutOfMemory() && two.ranOutOfMemory());
  }

  @Test
  void theUnifiedHierarchyKillsInOneGo() throws IOException {
    file("u/cgroup.kill", "");
    file("u/cgroup.procs", "41\n42\n");
    InstanceCgroup cgroup =
        new InstanceCgroup(new TreeMap<>(), Optional.of(root.resolve("u")), Set.of());
    cgroup.kill();
    assertEquals("1", text("u/cgroup.kill"));
    assertEquals(List.of(41L, 42L), cgroup.pids());
  }
}
