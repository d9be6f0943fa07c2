package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Berthed;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A private registry from which nodes without any login of their own pull with that of a
/// namespace.
class RegistryLoginIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(
          ClusterPlan.of(2)
              .docker("--insecure-registry=10.213.0.0/16", "--max-download-attempts=1"),
          "docker-registry",
          "openssl",
          "curl");

  private static final long FILE_MAX = 128 << 20;
  private static TestRegistry registry;

  @BeforeAll
  static void start() {
    registry = TestRegistry.start(CLUSTER.get().work(), CLUSTER.get().quay().address());
  }

  @AfterAll
  static void stop() {
    if (registry != null) {
      registry.close();
    }
  }

  private static Command berth(String... words) {
    return CLUSTER
        .get()
        .cli()
        .command(words)
        .with(Map.of("DOCKER_CONFIG", CLUSTER.get().work().directory("own").toString()));
  }

  private static Command login(String... words) {
    String[] all =
        Stream.concat(
                Stream.of(words),
                Stream.of(
                    "-u",
                    TestRegistry.USER,
                    "--password-stdin",
                    "--registry-ca-cert=" + registry.certificate(),
                    registry.host()))
            .toArray(String[]::new);
    return berth(all);
  }

  @Test
  void aNamespacesLoginPullsOnNodesThatHaveNone() throws Exception {
    Berthed one = CLUSTER.get().hosts().getFirst();
    String image = registry.host() + "/team/private:1";
    var _ = login("login").reading(TestRegistry.PASSWORD).output();
    var _ = berth("tag", "--node=" + one.name(), "berth/demo", image).output();
    var _ = berth("push", "--node=" + one.name(), image).output();
    var _ = berth("rmi", image).output();
    var _ = berth("logout", registry.host()).output();

    CommandResult wrong = login("registry", "login", "-n", "shop").reading("wrong").run();
    assertEquals(1, wrong.exitCode(), wrong.toString());
    assertTrue(wrong.err().contains("refuses this user with this password"), wrong.toString());
    assertEquals(
        "Login Succeeded\n",
        login("registry", "login", "-n", "shop").reading(TestRegistry.PASSWORD).output());
    String listed = berth("registry", "ls", "-n", "shop").output();
    assertTrue(listed.contains(registry.host()) && listed.contains(TestRegistry.USER), listed);

    var _ = berth("run", "-d", "-n", "shop", "--name=web", image).output();
    var _ = berth("wait", "-n", "shop", "--for", "running", "web").output();
    // A node that has an image by now runs it for anyone, unless it is to ask.
    var _ = berth("run", "-d", "-n", "other", "--name=web", "--pull=always", image).output();
    var _ =
        Eventually.until(
            "the other namespace's pull is tried",
            () -> berth("events", "-n", "other").output(),
            out -> out.contains("Preparing"));
    var _ = berth("run", "-d", "-n", "shop", "--name=again", "--pull=always", image).output();
    var _ = berth("wait", "-n", "shop", "--for", "running", "again").output();
    String refused = berth("ps", "-a", "-n", "other").output();
    assertTrue(refused.contains("PREPARING") || refused.contains("FAILED"), refused);

    assertEquals(0, berth("registry", "logout", "-n", "shop", registry.host()).run().exitCode());
    assertEquals("", berth("registry", "ls", "-n", "shop", "-q").output());
    assertEquals(List.of(), filesWith(CLUSTER.get().work().path(), TestRegistry.PASSWORD));
  }

  /// Files of the cluster that have it in clear: logs, journals, etcd's own.
  private static List<Path> filesWith(Path directory, String secret) throws IOException {
    List<Path> found = new ArrayList<>();
    int[] read = {0};
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path at, BasicFileAttributes attributes) {
            // What the daemons and the registry keep is theirs.
            String name = String.valueOf(at.getFileName());
            return name.startsWith("d-") || name.equals("registry")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile() && attributes.size() <= FILE_MAX) {
              read[0]++;
              if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(secret)) {
                found.add(file);
              }
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE; // Programs that run remove files.
          }
        });
    assertTrue(read[0] > 20, read[0] + " files were looked at");
    return found;
  }
}
