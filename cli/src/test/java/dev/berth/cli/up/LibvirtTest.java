package dev.berth.cli.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibvirtTest {
  private static final String BOOTSTRAP = "deploy/bootstrap --with-vm";

  @TempDir Path temp = Path.of("");

  private LibvirtDaemon daemon(Path root) {
    return new LibvirtDaemon(new DataDir(root), Path.of("/src"));
  }

  private static String reason(String trouble, List<String> missing, boolean root) {
    LibvirtChoice choice = LibvirtChoice.of(true, trouble, missing, root, BOOTSTRAP);
    return assertInstanceOf(LibvirtChoice.None.class, choice).reason();
  }

  @Test
  void theMachinesOwnComesFirstWhoeverWeAre() {
    assertEquals(
        new LibvirtChoice.Usual("qemu:///system"),
        LibvirtChoice.of(true, "", List.of("libvirtd"), false, BOOTSTRAP));
  }

  @Test
  void rootStartsOneWhereItIsInstalled() {
    assertEquals(
        new LibvirtChoice.Own(), LibvirtChoice.of(true, "refused", List.of(), true, BOOTSTRAP));
  }

  @Test
  void saysWhatIsMissingAndHowToGetIt() {
    String reason = reason("refused", List.of("libvirtd", "virsh"), true);
    assertEquals("there is no libvirtd, no virsh; deploy/bootstrap --with-vm installs it", reason);
  }

  @Test
  void saysWhoCouldStartOne() {
    String reason = reason("Permission denied", List.of(), false);
    assertTrue(reason.contains("/run/libvirt/libvirt-sock (Permission denied)"), reason);
    assertTrue(reason.contains("systemctl start libvirtd"), reason);
  }

  @Test
  void nothingIsSaidOfWhatNobodyWants() {
    assertEquals(
        new LibvirtChoice.None(""), LibvirtChoice.of(false, "", List.of(), true, BOOTSTRAP));
  }

  @Test
  void findsProgramsOnThePath() throws Exception {
    for (String program : List.of("libvirtd", "virtlogd", "virsh", "qemu-system-x86_64")) {
      Files.createFile(temp.resolve(program)).toFile().setExecutable(true);
    }
    assertEquals(List.of(), LibvirtDaemon.missing("/nowhere::" + temp));
  }

  @Test
  void itsUriNamesTheSocketInTheDataDirectory() {
    assertEquals(
        "qemu+unix:///system?socket=/var/b%20%C3%A9/libvirt/run/libvirt-sock",
        daemon(Path.of("/var/b é")).uri());
  }

  @Test
  void itsLogSaysWhetherGuestsAreEmulated() throws Exception {
    DataDir dir = new DataDir(temp);
    Path log = dir.log(LibvirtDaemon.NAME).path();
    assertEquals("", daemon(temp).emulation());
    Files.createDirectories(log.resolveSibling(""));
    Files.writeString(log, "libvirt-daemon: KVM is absent: there is no /dev/kvm\nREADY uri=x\n");
    assertEquals("absent: there is no /dev/kvm", daemon(temp).emulation());
    Files.writeString(log, Files.readString(log) + "libvirt-daemon: KVM is usable\nREADY uri=x\n");
    assertEquals("", daemon(temp).emulation());
  }

  @Test
  void aStrangerWithAGuestsNumberIsNotAGuest() throws Exception {
    assertFalse(daemon(temp).leftGuests());
    Path run = Files.createDirectories(temp.resolve("libvirt/run/qemu"));
    Files.writeString(run.resolve("a.pid"), Long.toString(ProcessHandle.current().pid()));
    assertFalse(daemon(temp).leftGuests());
    Process guest =
        new ProcessBuilder("sh", "-c", "read line", "qemu", "guest=a,debug-threads=on").start();
    try {
      Files.writeString(run.resolve("b.pid"), guest.pid() + "\n");
      assertTrue(daemon(temp).leftGuests());
    } finally {
      guest.destroyForcibly().waitFor();
    }
  }

  @Test
  void settingsOfABerthWithoutMachinesHaveNone() {
    Properties properties = new Properties();
    properties.setProperty("docker-host", "unix:///d.sock");
    assertEquals(new Runtimes("unix:///d.sock", false, false, "none"), Runtimes.load(properties));
  }
}
