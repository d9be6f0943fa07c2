package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.BuildOrder;
import dev.berth.v1.RegistryLogin;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

final class BuildRequestTest {
  @Test
  void whatUsersWroteBecomesNoOtherParameterAndNoHeader() {
    String target =
        new BuildRequest(
                BuildOrder.newBuilder()
                    .addTags("shop:1")
                    .addTags("shop")
                    .setDockerfile("a&t=x")
                    .putBuildArgs("B", "2\r\nX: y")
                    .putBuildArgs("A", "\"&\"")
                    .setNoCache(true)
                    .build())
            .target();
    assertEquals(
        "/build?version=1&rm=1&forcerm=1&t=shop%3A1&t=shop&dockerfile=a%26t%3Dx&nocache=1"
            + "&buildargs=%7B%22A%22%3A%22%5C%22%26%5C%22%22%2C"
            + "%22B%22%3A%222%5Cr%5CnX%3A+y%22%7D",
        target);
  }

  @Test
  void loginsAreNamedByTheirRegistriesAndInNoOtherPlace() {
    BuildRequest request =
        new BuildRequest(
            BuildOrder.newBuilder()
                .addLogins(
                    RegistryLogin.newBuilder()
                        .setServer("h:5")
                        .setUsername("ann")
                        .setPassword("s3cret"))
                .addLogins(RegistryLogin.newBuilder().setServer("h:6").setIdentityToken("t0ken"))
                .build());
    String config = request.headers().replaceFirst("(?s).*X-Registry-Config: (\\S+)\r\n$", "$1");
    String json = new String(Base64.getUrlDecoder().decode(config), StandardCharsets.UTF_8);
    assertEquals(
        "{\"h:5\":{\"serveraddress\":\"h:5\",\"username\":\"ann\",\"password\":\"s3cret\"},"
            + "\"h:6\":{\"serveraddress\":\"h:6\",\"identitytoken\":\"t0ken\"}}",
        json);
    assertFalse(request.target().contains("s3cret"));
    assertTrue(request.headers().startsWith("Content-Type: application/x-tar\r\n"));
    assertFalse(new BuildRequest(BuildOrder.getDefaultInstance()).headers().contains("Registry"));
  }
}
