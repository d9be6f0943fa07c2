package dev.berth.cli.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpSettingsTest {
  @TempDir Path temp = Path.of("");

  @Test
  void areFoundAgainByDown() throws Exception {
    DataDir dir = new DataDir(temp);
    dir.create();
    UpSettings settings =
        new UpSettings(
            dir,
            Path.of("/src/berth"),
            Ports.from(9000),
            new Runtimes("unix:///run/d.sock", true, true, "qemu:///system"),
            "host-1",
            "local");
    assertEquals(Optional.empty(), UpSettings.load(dir));
    settings.save();
    assertEquals(Optional.of(settings), UpSettings.load(dir));
  }

  @Test
  void dataDirectoryIsForItsOwnerAlone() throws Exception {
    DataDir dir = DataDir.choose(temp.resolve("d").toString(), Map.of());
    dir.create();
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.root())));
  }

  @Test
  void dataDirectoryIsChosenFromOptionThenEnvironment() throws Exception {
    Map<String, String> environment =
        Map.of("BERTH_DATA_DIR", "/a", "XDG_DATA_HOME", "/b", "HOME", "/c");
    assertEquals(Path.of("/o"), DataDir.choose("/o", environment).root());
    assertEquals(Path.of("/a"), DataDir.choose("", environment).root());
    assertEquals(
        Path.of("/b/berth"),
        DataDir.choose("", Map.of("XDG_DATA_HOME", "/b", "HOME", "/c")).root());
    assertEquals(Path.of("/c/.local/share/berth"), DataDir.choose("", Map.of("HOME", "/c")).root());
  }

  @Test
  void dataDirectoryIsNotTooLongForSockets() {
    assertThrows(StartFailure.class, () -> DataDir.choose("/" + "d".repeat(60), Map.of()));
  }

  @Test
  void portBaseHasBounds() throws Exception {
    assertEquals(65535, Ports.from(65530).agentMetrics());
    assertThrows(StartFailure.class, () -> Ports.from(65531));
    assertThrows(StartFailure.class, () -> Ports.from(0));
    assertThrows(StartFailure.class, () -> Ports.from(-1));
  }

  @Test
  void saysWhoHasAPortThatIsTaken() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = socket.getLocalPort();
      Ports ports = new Ports(port, port, port, port, port, port);
      StartFailure failure = assertThrows(StartFailure.class, () -> PortHolders.requireFree(ports));
      String message = String.valueOf(failure.getMessage());
      assertTrue(
          message.contains(
              "port "
                  + port
                  + " (api) is taken by java (pid "
                  + ProcessHandle.current().pid()
                  + ")"),
          message);
      assertTrue(message.contains("--port-base"), message);
    }
  }

  @Test
  void lockIsHeldByOne() throws Exception {
    Path file = temp.resolve("lock");
    try (RunLock _ = RunLock.tryTake(file).orElseThrow()) {
      assertTrue(RunLock.held(file));
    }
    assertFalse(RunLock.held(file));
  }

  @Test
  void suggestsWhatWorks() {
    assertEquals(
        "./berth run -d --name web --replicas 3 -p 80 berth/demo",
        Tries.commands("./berth", List.of()).getFirst());
    assertEquals(
        List.of("b ps", "b inspect api", "b run --rm berth/demo echo hello"),
        Tries.commands("b", List.of("api", "web")));
  }
}
