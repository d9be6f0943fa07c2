package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.agent.driver.Owner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Gives a class of tests a [PrivateDocker], and each of its tests a driver on it. Skips the class
/// where there can be no daemon.
final class DockerRig
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private @Nullable PrivateDocker docker;
  private @Nullable DockerDriver driver;

  /// The daemon.
  PrivateDocker docker() {
    if (docker == null) {
      throw new IllegalStateException("was not started");
    }
    return docker;
  }

  /// Docker's own command line, on this daemon; answers what it printed.
  String docker(String... words) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("docker", "-H", docker().host().toString()));
    all.addAll(List.of(words));
    return PrivateDocker.run(all.toArray(new String[0]));
  }

  /// The driver of this test, of an agent without logins to registries.
  DockerDriver driver() {
    if (driver == null) {
      throw new IllegalStateException("was not opened");
    }
    return driver;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException, InterruptedException {
    Optional<String> obstacle = PrivateDocker.obstacle();
    obstacle.ifPresent(reason -> System.err.println("SKIPPED: " + reason));
    assumeTrue(obstacle.isEmpty(), () -> "skipped: " + obstacle.orElse(""));
    docker = PrivateDocker.start();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    driver =
        new DockerDriver(
            docker().host(),
            new Owner(UUID.randomUUID().toString(), "node-1"),
            new RegistryCredentials(Path.of("/nowhere/config.json")),
            Path.of("/"));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (driver != null) {
      driver.close();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    if (docker != null) {
      docker.close();
    }
  }
}
