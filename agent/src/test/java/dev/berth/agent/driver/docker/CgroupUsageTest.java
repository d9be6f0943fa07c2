package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.agent.driver.InstanceUsage;
import dev.berth.agent.driver.InstanceUsage.Memory;
import dev.berth.agent.driver.InstanceUsage.Traffic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupUsageTest {
  private static final String NETWORK =
      """
      Inter-|   Receive                        |  Transmit
       face |bytes    packets errs drop fifo frame compressed multicast|bytes packets
          lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0
        eth0: 1000 5 0 0 0 0 0 0 200 3 0 0 0 0 0 0
        eth1:7 5 0 0 0 0 0 0 5 3 0 0 0 0 0 0
      """;

  @TempDir Path root;

  private void file(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void readsVersionOneWithDockersOwnCgroups() throws IOException {
    file(
        "proc/self/mountinfo",
        """
        1 1 0:1 / /sys/fs/cgroup/cpuacct rw - cgroup cgroup rw,cpuacct
        2 1 0:2 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        """);
    file("sys/fs/cgroup/cpuacct/docker/c1/cpuacct.usage", "123456\n");
    file("sys/fs/cgroup/memory/docker/c1/memory.usage_in_bytes", "5000\n");
    file("sys/fs/cgroup/memory/docker/c1/memory.stat", "cache 9\ntotal_inactive_file 1000\n");
    file("sys/fs/cgroup/memory/docker/c1/cgroup.procs", "42\n43\n");
    file("proc/42/net/dev", NETWORK);
    assertEquals(expected(123_456), new CgroupUsage(root).of("i1", "c1"));
  }

  @Test
  void readsVersionTwoWithSystemdsScopes() throws IOException {
    file("proc/self/mountinfo", "1 1 0:1 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    String scope = "sys/fs/cgroup/system.slice/docker-c1.scope/";
    file(scope + "cpu.stat", "usage_usec 123\nuser_usec 1\n");
    file(scope + "memory.current", "5000\n");
    file(scope + "memory.stat", "anon 1\ninactive_file 1000\n");
    file(scope + "cgroup.procs", "42\n");
    file("proc/42/net/dev", NETWORK);
    assertEquals(expected(123_000), new CgroupUsage(root).of("i1", "c1"));
  }

  @Test
  void takesEachControllerFromWhereItIsInAMixture() throws IOException {
    file(
        "proc/self/mountinfo",
        """
        1 1 0:1 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        2 1 0:2 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
        """);
    file("sys/fs/cgroup/unified/docker/c1/cpu.stat", "usage_usec 123\n");
    file("sys/fs/cgroup/memory/docker/c1/memory.usage_in_bytes", "4000\n");
    file("sys/fs/cgroup/memory/docker/c1/cgroup.procs", "42\n");
    file("proc/42/net/dev", NETWORK);
    assertEquals(expected(123_000), new CgroupUsage(root).of("i1", "c1"));
  }

  @Test
  void addsUpWhatWentToAllDisks() throws IOException {
    file("proc/self/mountinfo", "1 1 0:1 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    file("sys/fs/cgroup/docker/c1/cpu.stat", "usage_usec 5\n");
    file(
        "sys/fs/cgroup/docker/c1/io.stat",
        """
        8:0 rbytes=4096 wbytes=100 rios=1 wios=1 dbytes=7 dios=1
        254:16 rbytes=1 wbytes=11 rios=1 wios=1 dbytes=0 dios=0
        """);
    assertEquals(
        Optional.of(Traffic.of(4097, 111)),
        new CgroupUsage(root).of("i1", "c1").map(InstanceUsage::disk));
  }

  @Test
  void readsDisksFromTheFirstVersionToo() throws IOException {
    file(
        "proc/self/mountinfo",
        """
        1 1 0:1 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        2 1 0:2 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio
        """);
    file("sys/fs/cgroup/memory/docker/c1/memory.usage_in_bytes", "4000\n");
    file(
        "sys/fs/cgroup/blkio/docker/c1/blkio.throttle.io_service_bytes_recursive",
        "8:0 Read 5\n8:0 Write 6\n8:0 Total 11\n8:16 Read 1\nTotal 12\n");
    assertEquals(
        Optional.of(Traffic.of(6, 6)),
        new CgroupUsage(root).of("i1", "c1").map(InstanceUsage::disk));
  }

  @Test
  void tellsTheLimitAndTheTasksOfEitherVersion() throws IOException {
    file(
        "proc/self/mountinfo",
        """
        1 1 0:1 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        2 1 0:2 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
        """);
    file("sys/fs/cgroup/memory/docker/c1/memory.usage_in_bytes", "4000\n");
    file("sys/fs/cgroup/memory/docker/c1/memory.limit_in_bytes", "9223372036854771712\n");
    file("sys/fs/cgroup/unified/docker/c1/pids.current", "17\n");
    InstanceUsage old = new CgroupUsage(root).of("i1", "c1").orElseThrow();
    assertEquals(OptionalLong.empty(), old.memory().limit(), "the largest number is no limit");
    assertEquals(OptionalLong.of(17), old.pids());
    file("sys/fs/cgroup/memory/docker/c1/memory.limit_in_bytes", "67108864\n");
    assertEquals(
        Optional.of(OptionalLong.of(64 << 20)),
        new CgroupUsage(root).of("i1", "c1").map(usage -> usage.memory().limit()));
    file("proc/self/mountinfo", "1 1 0:1 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    file("sys/fs/cgroup/docker/c1/memory.current", "4000\n");
    file("sys/fs/cgroup/docker/c1/memory.max", "max\n");
    assertEquals(
        Optional.of(OptionalLong.empty()),
        new CgroupUsage(root).of("i1", "c1").map(usage -> usage.memory().limit()));
  }

  @Test
  void leavesOutWhatCannotBeRead() throws IOException {
    assertEquals(Optional.empty(), new CgroupUsage(root).of("i1", "c1"));
    file("proc/self/mountinfo", "1 1 0:1 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    file("sys/fs/cgroup/docker/c1/memory.current", "max\n");
    assertEquals(Optional.empty(), new CgroupUsage(root).of("i1", "c1"));
    file("sys/fs/cgroup/docker/c1/cpu.stat", "usage_usec 5\n");
    assertEquals(
        Optional.of(
            new InstanceUsage(
                "i1",
                OptionalLong.of(5000),
                Memory.of(OptionalLong.empty()),
                Traffic.UNKNOWN,
                Traffic.UNKNOWN)),
        new CgroupUsage(root).of("i1", "c1"));
  }

  private static Optional<InstanceUsage> expected(long cpuNanos) {
    return Optional.of(
        new InstanceUsage(
            "i1",
            OptionalLong.of(cpuNanos),
            Memory.of(OptionalLong.of(4000)),
            Traffic.of(1007, 205),
            Traffic.UNKNOWN));
  }
}
