package dev.berth.cli.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.v1.ListRegistryLoginsRequest;
import dev.berth.v1.RegistryLogin;
import dev.berth.v1.RemoveRegistryLoginRequest;
import dev.berth.v1.SetRegistryLoginRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RegistryVerbsTest {
  @TempDir private Path directory;
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    berth = new Berth(cluster.environment()).with("DOCKER_CONFIG", directory.toString());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  @Test
  void aLoginGoesToTheClusterAndIsNotKeptHere() {
    Berth.Result result =
        berth
            .reading("s3cret\n")
            .run(
                "registry",
                "login",
                "-n",
                "shop",
                "-u",
                "robot",
                "--password-stdin",
                "--no-check",
                "h:5");
    assertEquals(0, result.exitCode(), result.err());
    assertEquals("Login Succeeded\n", result.out());
    assertFalse(result.err().contains("s3cret"), result.err());
    SetRegistryLoginRequest sent = cluster.requests(SetRegistryLoginRequest.class).getFirst();
    assertEquals("shop", sent.getNamespace());
    assertEquals(
        RegistryLogin.newBuilder()
            .setServer("h:5")
            .setUsername("robot")
            .setPassword("s3cret")
            .build(),
        sent.getLogin());
    assertFalse(Files.exists(directory.resolve("config.json")));
  }

  @Test
  void aRegistryThatCannotBeAskedIsToldUnlessNobodyAsks() {
    // Nobody listens at the first port.
    Berth.Result result =
        berth
            .reading("s3cret")
            .run("registry", "login", "-u", "robot", "--password-stdin", "127.0.0.1:1");
    assertEquals(1, result.exitCode());
    assertTrue(result.err().contains("cannot be reached"), result.err());
    assertTrue(cluster.requests(SetRegistryLoginRequest.class).isEmpty());
    assertEquals(2, berth.run("registry", "login", "--password-stdin", "h:5").exitCode());
    assertEquals(2, berth.run("registry", "login", "-u", "a", "-p", "b", "a b").exitCode());
  }

  @Test
  void lsShowsWhoAndLogoutForgets() {
    Berth.Result listed = berth.run("registry", "ls", "-n", "-");
    assertTrue(listed.out().contains("shop") && listed.out().contains("robot"), listed.out());
    assertEquals("-", cluster.requests(ListRegistryLoginsRequest.class).getFirst().getNamespace());
    assertEquals("h:5\n", berth.run("registry", "ls", "-q").out());
    assertEquals(
        "Removing login credentials for h:5\n",
        berth.run("registry", "logout", "-n", "shop", "https://h:5/v2/").out());
    assertEquals("h:5", cluster.requests(RemoveRegistryLoginRequest.class).getFirst().getServer());
    assertEquals(1, berth.run("registry", "logout", "other").exitCode());
  }
}
