package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.github.dockerjava.api.model.AuthConfig;
import dev.berth.spec.ImageRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryCredentialsTest {
  @TempDir Path directory;

  private Optional<AuthConfig> find(String config, String image) throws IOException {
    Path file = directory.resolve("config.json");
    Files.writeString(file, config);
    return new RegistryCredentials(file).forImage(image);
  }

  @Test
  void knowsTheRegistryOfAnImage() {
    assertEquals("https://index.docker.io/v1/", ImageRules.registryOf("shop"));
    assertEquals("https://index.docker.io/v1/", ImageRules.registryOf("berth/demo:1"));
    assertEquals("https://index.docker.io/v1/", ImageRules.registryOf("docker.io/a/b"));
    assertEquals("localhost", ImageRules.registryOf("localhost/a"));
    assertEquals("reg.example:5000", ImageRules.registryOf("reg.example:5000/a/b:1"));
  }

  @Test
  void readsWhatALoginLeaves() throws IOException {
    String config =
        """
        {"auths": {"reg.example:5000": {"auth": "dXNlcjpwYTpzcw=="},
                   "https://index.docker.io/v1/": {"identitytoken": "tok"},
                   "plain.example": {"username": "u", "password": "p"},
                   "empty.example": {}}}
        """;
    AuthConfig found = find(config, "reg.example:5000/shop").orElseThrow();
    assertEquals("user", found.getUsername());
    assertEquals("pa:ss", found.getPassword());
    assertEquals("tok", find(config, "shop").orElseThrow().getIdentitytoken());
    assertEquals("u", find(config, "plain.example/a").orElseThrow().getUsername());
    assertEquals(Optional.empty(), find(config, "empty.example/a"));
    assertEquals(Optional.empty(), find(config, "other.example/a"));
  }

  @Test
  void goesOnWithoutCredentialsWhenTheFileIsBroken() throws IOException {
    for (String config :
        new String[] {
          "",
          "{",
          "[]",
          "{\"auths\": 7}",
          "{\"auths\": {\"reg.example\": {\"auth\": \"*\"}}}",
          "{\"credsStore\": \"../../bin/sh\"}",
          "{\"credsStore\": \"no-such-helper\"}",
        }) {
      assertEquals(Optional.empty(), find(config, "reg.example/a"), config);
    }
    assertEquals(
        Optional.empty(), new RegistryCredentials(directory.resolve("none")).forImage("a"));
  }
}
