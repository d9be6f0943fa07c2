package dev.berth.agent.driver.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
    assertEquals(Set.of("memory-limit", "cpu-limit"), ground.capabilities());
    assertEquals(Set.of(), CgroupGround.NONE.capabilities());
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
