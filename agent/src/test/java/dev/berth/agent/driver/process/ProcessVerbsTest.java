package dev.berth.agent.driver.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.agent.driver.CopyCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.PauseCapable;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.v1.PathKind;
import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessSpec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Signals and copies, beyond what every driver does.
@Timeout(180)
final class ProcessVerbsTest {
  private static final int USR1 = 10;
  private static final String IDLE = "while true; do sleep 0.05; done";

  @TempDir private Path directory;
  private ProcessFixture fixture;

  @BeforeEach
  void open() throws IOException {
    fixture = new ProcessFixture(ProcessFixture.Cgroups.HOST);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void close() throws IOException {
    fixture.close();
  }

  private static boolean isRoot() {
    return System.getProperty("user.name", "").equals("root");
  }

  private static ProcessSpec.Builder shell(String script) {
    return ProcessSpec.newBuilder().addCommand("sh").addCommand("-c").addCommand(script);
  }

  /// Sends it again and again: the program may not listen yet.
  private RunState.Exited signalledToItsEnd(RuntimeHandle handle) throws Exception {
    while (true) {
      if (fixture.driver().inspect(handle).state() instanceof RunState.Exited end) {
        return end;
      }
      try {
        fixture.driver().signal(handle, USR1);
      } catch (DriverException e) {
        assertEquals(PauseCapable.NOT_RUNNING, e.failure().reason());
      }
      Thread.sleep(5);
    }
  }

  @Test
  void aSignalReachesTheProgramInNamespacesOfItsOwn() throws Exception {
    assumeTrue(isRoot(), "only root can make namespaces");
    RuntimeHandle handle =
        fixture.run(
            fixture.of(
                shell("trap 'exit 9' USR1; " + IDLE)
                    .setIsolation(ProcessIsolation.PROCESS_ISOLATION_NAMESPACES)));
    assertEquals(9, signalledToItsEnd(handle).exitCode());
  }

  @Test
  void aSignalIsForTheProgramAlone() throws Exception {
    Path ready = directory.resolve("ready");
    Path heard = directory.resolve("heard");
    String child = "trap ': >" + heard + "' USR1; : >" + ready + "; " + IDLE;
    RuntimeHandle handle =
        fixture.run(fixture.of(shell("sh -c \"" + child + "\" & trap 'exit 9' USR1; " + IDLE)));
    while (!Files.exists(ready)) {
      assertTrue(fixture.driver().inspect(handle).state() instanceof RunState.Running);
      Thread.sleep(5);
    }
    assertEquals(9, signalledToItsEnd(handle).exitCode());
    assertFalse(Files.exists(heard), "its child was signalled, too");
  }

  @Test
  void aSignalThatIsNotHandledEndsItWithItsNumber() throws Exception {
    RuntimeHandle handle = fixture.run(fixture.of(shell("exec sleep 1000")));
    assertEquals(128 + USR1, signalledToItsEnd(handle).exitCode());
  }

  @Test
  void copiesAsTheProgramsUserAndNoFurther() throws Exception {
    assumeTrue(isRoot(), "only root can be another user");
    Path secret = Files.writeString(directory.resolve("secret"), "secret");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Path open = Files.createDirectory(directory.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.createSymbolicLink(open.resolve("link"), secret);
    ProcessDriver driver = fixture.driver();
    RuntimeHandle handle =
        fixture.run(fixture.of(shell(IDLE).setUser("nobody").setWorkingDir(directory.toString())));
    assertEquals(PathKind.PATH_KIND_LINK, driver.stat(handle, "open/link").getKind());
    assertEquals(secret.toString(), driver.stat(handle, "open/link").getLinkTarget());
    byte[] archive;
    try (CopyCapable.Archive made = driver.read(handle, "open")) {
      archive = made.bytes().readAllBytes();
    }
    assertTrue(archive.length > 0);
    driver.write(handle, "open", true, new ByteArrayInputStream(archive));
    assertEquals("nobody", Files.getOwner(open.resolve("open")).getName());
    assertTrue(Files.isSymbolicLink(open.resolve("open/link")));
    IOException unreadable =
        assertThrows(
            IOException.class,
            () -> {
              try (CopyCapable.Archive made = driver.read(handle, secret.toString())) {
                var _ = made.bytes().readAllBytes();
              }
            });
    assertTrue(String.valueOf(unreadable.getMessage()).contains("Permission denied"));
    DriverException closed =
        assertThrows(
            DriverException.class,
            () -> driver.write(handle, ".", false, new ByteArrayInputStream(archive)));
    assertTrue(
        closed.failure().message().matches(".*(Permission denied|not permitted).*"),
        closed.toString());
    assertEquals("secret", Files.readString(secret));
  }

  @Test
  void whatIsNoArchiveIsToldAsSuch() throws Exception {
    RuntimeHandle handle = fixture.run(fixture.of(shell(IDLE)));
    DriverException refusal =
        assertThrows(
            DriverException.class,
            () ->
                fixture
                    .driver()
                    .write(
                        handle,
                        directory.toString(),
                        false,
                        new ByteArrayInputStream(
                            "no archive at all".repeat(100).getBytes(StandardCharsets.UTF_8))));
    assertTrue(refusal.failure().message().contains("tar"), refusal.toString());
  }
}
