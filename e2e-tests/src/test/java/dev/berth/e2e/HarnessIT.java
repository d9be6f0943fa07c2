package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.DockerHost;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.Http;
import dev.berth.e2e.harness.Quay;
import dev.berth.e2e.harness.WorkDirectory;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HarnessIT {
  @BeforeEach
  void realHosts() {
    RealHosts.required();
  }

  @Test
  void aHostServesItsContainersUntilItsCableIsPulledAndLeavesNothingBehind() throws Exception {
    Path path;
    try (WorkDirectory work = WorkDirectory.make();
        Quay quay = Quay.make();
        DockerHost host = DockerHost.start(quay, "h", work.directory("d"), List.of())) {
      path = work.path();
      host.importDemo();
      host.docker("run", "-d", "-p", "8080:80", "berth/demo").output();
      String url = "http://" + host.address() + ":8080/";
      Eventually.until("the demo answers", () -> Http.get(url), page -> page.contains("Hello"));
      host.link().disconnect();
      assertThrows(UncheckedIOException.class, () -> Http.get(url));
      host.link().reconnect();
      Eventually.until("the demo answers", () -> Http.get(url), page -> page.contains("Hello"));
      assertFalse(work.processes().isEmpty());
      assertEquals(List.of(), host.probe().containers(), "not Berth's");
    }
    assertFalse(Files.exists(path));
    assertFalse(Files.readString(Path.of("/proc/self/mountinfo")).contains(path + "/"));
    String prefix = "be" + ProcessHandle.current().pid() + "q";
    assertFalse(Command.of("ip", "link").output().contains(prefix), "no bridge, no cable");
    assertFalse(Command.of("ip", "netns").output().contains(prefix), "no namespace");
    assertTrue(
        ProcessHandle.allProcesses()
            .noneMatch(p -> p.info().commandLine().orElse("").contains(path + "/")));
  }
}
