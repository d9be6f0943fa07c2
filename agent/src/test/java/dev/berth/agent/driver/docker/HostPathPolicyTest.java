package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostPathPolicyTest {
  @TempDir Path root;

  @Test
  void allowsADirectoryUnderItsRealName() throws IOException {
    Path real = Files.createDirectory(root.toRealPath().resolve("data"));
    Path link = Files.createSymbolicLink(root.resolve("link"), real);
    HostPathPolicy policy = new HostPathPolicy(root.resolve("run/docker.sock"));
    assertEquals(new HostPathPolicy.Allowed(real), policy.judge(real.toString()));
    assertEquals(new HostPathPolicy.Allowed(real), policy.judge(link + "/../link/."));
  }

  @Test
  void refusesTheHostAndEveryWayToASocket() throws IOException {
    Path run = Files.createDirectory(root.resolve("run"));
    Path socket = Files.createFile(run.resolve("docker.sock"));
    Path toSocket = Files.createSymbolicLink(root.resolve("a"), socket);
    Path toDirectory = Files.createSymbolicLink(root.resolve("b"), run);
    Path toRoot = Files.createSymbolicLink(root.resolve("c"), Path.of("/"));
    HostPathPolicy policy = new HostPathPolicy(toDirectory.resolve("docker.sock"));
    for (Object path :
        List.of(
            "/",
            "//",
            "/..",
            root,
            run,
            socket,
            toSocket,
            toDirectory,
            toRoot,
            toRoot + "/etc/..",
            "/var/run/docker.sock",
            "relative",
            "",
            root.resolve("missing"),
            "/a\0b")) {
      assertInstanceOf(
          HostPathPolicy.Refused.class, policy.judge(path.toString()), path.toString());
    }
    Files.delete(toRoot); // nobody who cleans up shall meet a link to everything
  }
}
