package dev.berth.agent.driver.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Failure;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.v1.ProcessFile;
import dev.berth.v1.ProcessLimit;
import dev.berth.v1.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Real processes with root file systems of their own.
@Timeout(120)
class OwnRootTest {
  private static final LogQuery ALL =
      new LogQuery(true, OptionalInt.empty(), Optional.empty(), false);

  private ProcessFixture fixture;
  private List<String> mounts;

  @BeforeEach
  void open() throws IOException {
    Optional<String> obstacle = SmallRoot.obstacle();
    assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    mounts = mounts();
    fixture = new ProcessFixture(ProcessFixture.Cgroups.HOST, true);
    assertEquals(Optional.empty(), fixture.ground().tools().rootObstacle());
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    if (fixture != null) {
      fixture.close();
      assertEquals(mounts, mounts());
    }
  }

  /// All that is mounted for this test's own eyes.
  private static List<String> mounts() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .filter(line -> line.contains("berth-process") || line.contains("lowerdir=lower,"))
        .toList();
  }

  private ProcessSpec.Builder shell(String script) {
    return SmallRoot.in(fixture.root(), ProcessFixture.spec("sh", "-c", script));
  }

  private String output(RuntimeHandle handle) throws Exception {
    return fixture.output(handle, ALL);
  }

  private String says(ProcessSpec.Builder process) throws Exception {
    RuntimeHandle handle = fixture.run(fixture.of(process));
    String text = output(handle);
    var _ = fixture.ended(handle);
    return text;
  }

  private static String all(Path directory) throws IOException {
    TreeSet<String> found = new TreeSet<>();
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path each : walk.toList()) {
        found.add(
            directory.relativize(each)
                + " "
                + Files.getAttribute(each, "unix:mode", LinkOption.NOFOLLOW_LINKS)
                + " "
                + Files.getLastModifiedTime(each, LinkOption.NOFOLLOW_LINKS));
      }
    }
    return String.join("\n", found);
  }

  @Test
  void aProgramSeesItsRootAndItsOwnProcessesOnly() throws Exception {
    String text =
        says(
            shell(
                "ls /; ls /dev; ls -d /proc/[0-9]*; ls /proc/self/fd; cat /etc/hosts;"
                    + " ls /.. ; ls "
                    + fixture.root()
                    + " 2>&1; cat /proc/mounts"));
    assertTrue(text.startsWith("berth\nbin\ndev\netc\nproc\nsys\n"), text);
    assertTrue(
        text.contains(
            "fd\nfull\nnull\nptmx\npts\nrandom\nshm\nstderr\nstdin\nstdout\ntty\nurandom\nzero\n"),
        text);
    assertTrue(text.contains("/proc/1\n"), text);
    assertFalse(text.contains("/proc/" + ProcessHandle.current().pid() + "\n"), text);
    assertTrue(text.contains("\n0\n1\n2\n3\n127.0.0.1 of-the-root\n"), text);
    assertTrue(text.contains("No such file or directory"), text);
    assertFalse(text.contains("ext4") && text.contains(" / ext4"), text);
    assertEquals(1, text.lines().filter(line -> line.contains(" / ")).count(), text);
  }

  @Test
  void itsResolverIsTheNodesWhereItsRootHasNone() throws Exception {
    assumeTrue(Files.isRegularFile(Path.of("/etc/resolv.conf")));
    assertEquals(
        Files.readString(Path.of("/etc/resolv.conf")), says(shell("cat /etc/resolv.conf")));
    Path passwd = fixture.root().resolve("etc");
    Files.writeString(passwd.resolve("resolv.conf"), "nameserver 192.0.2.1\n");
    assertEquals("nameserver 192.0.2.1\n", says(shell("cat /etc/resolv.conf")));
  }

  @Test
  void whatItWritesStaysItsOwnAndIsThereWhenItIsStartedAgain() throws Exception {
    String before = all(fixture.root());
    RuntimeHandle handle =
        fixture.run(
            fixture.of(
                shell(
                    "cat /seen 2>/dev/null; echo again >/seen; rm /bin/ps; mkdir -p /new/deep;"
                        + " echo x >>/etc/passwd; chmod 700 /etc")));
    assertEquals("", output(handle));
    var _ = fixture.ended(handle);
    var _ = fixture.driver().start(handle);
    var _ = fixture.ended(handle);
    assertTrue(output(handle).startsWith("again\n"), output(handle));
    assertEquals(before, all(fixture.root()));
    assertEquals("there\n", says(shell("[ -e /bin/ps ] && [ ! -e /seen ] && echo there")));
    fixture.driver().remove(handle);
    assertFalse(Files.exists(fixture.ground().files(handle.instanceId()).directory()));
  }

  @Test
  void usersAreThoseOfTheRoot() throws Exception {
    assertEquals(
        "uid=4321(sailor) gid=4322 groups=4323(crew),4324(ship)\n/sea\n",
        says(shell("id; echo $HOME").setUser("sailor")));
    assertEquals(
        "uid=4321(sailor) gid=4323(crew) groups=4323(crew),4324(ship)\n",
        says(shell("id").setUser("4321:crew")));
    assertEquals("uid=77 gid=77\n", says(shell("id").setUser("77")));
    DriverException refused =
        assertThrows(
            DriverException.class, () -> fixture.run(fixture.of(shell("id").setUser("nobody"))));
    assertTrue(String.valueOf(refused.getMessage()).contains("its root has none in /etc/passwd"));
  }

  @Test
  void itIsHeldToAllThatHoldsOthers() throws Exception {
    String text =
        says(
            shell(
                    "umask; ulimit -n; grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status; mount"
                        + " -t tmpfs x /etc 2>&1")
                .setUmask("0027")
                .addLimits(ProcessLimit.newBuilder().setName("nofile").setSoft(33).setHard(44))
                .addDropCapabilities("all")
                .setNoNewPrivileges(true));
    assertTrue(text.startsWith("0027\n33\n"), text);
    assertTrue(text.contains("CapEff:\t0000000000000000\nCapBnd:\t0000000000000000"), text);
    assertTrue(text.contains("NoNewPrivs:\t1"), text);
    assertTrue(text.contains("mount: "), text);
  }

  @Test
  void theOldRootCannotBeReachedByRootEither() throws Exception {
    // What leaves a root that was only changed by chroot: a directory that is held open above a new
    // root.
    String text =
        says(
            shell(
                "mkdir /in; chroot /in /bin/true 2>/dev/null; cd /; ls ../../../../..;"
                    + " umount -l / 2>/dev/null; ls / | head -1; ls /proc/1/root/bin | head -1"));
    assertFalse(text.contains("home") || text.contains("tmp"), text);
  }

  @Test
  void filesLieAtAFixedPlaceWhereTheProgramStarts() throws Exception {
    String text =
        says(
            shell("pwd; echo $BERTH_DIR; cat conf/a; echo more >conf/b; stat -c %u:%g conf/a")
                .setUser("sailor")
                .addFiles(
                    ProcessFile.newBuilder()
                        .setPath("conf/a")
                        .setContent(ByteString.copyFromUtf8("placed\n"))));
    assertEquals("/berth\n/berth\nplaced\n4321:4322\n", text);
    assertEquals("bin\n/bin\n", says(shell("echo bin; pwd").setWorkingDir("/bin")));
  }

  @Test
  void aCommandThatIsNotThereOrNoProgramSaysSo() throws Exception {
    RunState.Exited missing =
        fixture.ended(
            fixture.run(
                fixture.of(SmallRoot.in(fixture.root(), ProcessFixture.spec("/usr/bin/env")))));
    assertEquals(127, missing.exitCode());
    assertTrue(missing.problem().contains("no such program in its root"), missing.problem());
    RunState.Exited data =
        fixture.ended(
            fixture.run(
                fixture.of(SmallRoot.in(fixture.root(), ProcessFixture.spec("/etc/passwd")))));
    assertEquals(126, data.exitCode());
    assertTrue(data.problem().contains("cannot be executed in its root"), data.problem());
    assertEquals(7, fixture.ended(fixture.run(fixture.of(shell("exit 7")))).exitCode());
  }

  @Test
  void theWholeTreeEndsWithTheProgram() throws Exception {
    RuntimeHandle handle = fixture.run(fixture.of(shell("sleep 1000 & sleep 1000 & exit 3")));
    assertEquals(3, fixture.ended(handle).exitCode());
    assertEquals(List.of(), fixture.ground().tree(handle.instanceId()).pids());
  }

  @Test
  void rootsThatAreNoneAreRefused() throws Exception {
    Path root = fixture.root();
    for (String bad :
        List.of(root + "/none", root + "/etc/passwd", fixture.ground().directory().toString())) {
      ProcessSpec.Builder process = SmallRoot.in(Path.of(bad), ProcessFixture.spec("sh"));
      DriverException refused =
          assertThrows(DriverException.class, () -> fixture.run(fixture.of(process)));
      assertInstanceOf(Failure.Permanent.class, refused.failure(), bad);
    }
    Files.createSymbolicLink(root.resolve("dev"), Path.of("/etc"));
    DriverException refused =
        assertThrows(DriverException.class, () -> fixture.run(fixture.of(shell("true"))));
    assertTrue(String.valueOf(refused.getMessage()).contains("its /dev is no directory"));
    assertTrue(Files.isDirectory(Path.of("/etc")));
  }

  @Test
  void aLinkThatAProgramMadeOfAMountPointIsNotFollowed() throws Exception {
    RuntimeHandle handle = fixture.run(fixture.of(shell("true")));
    var _ = fixture.ended(handle);
    Path dev = fixture.ground().files(handle.instanceId()).rootFiles().upper().resolve("dev");
    Files.delete(dev);
    Files.createSymbolicLink(dev, Path.of("/etc"));
    var _ = fixture.driver().start(handle);
    assertEquals(125, fixture.ended(handle).exitCode());
    assertTrue(output(handle).contains("/dev is a link"), output(handle));
  }
}
