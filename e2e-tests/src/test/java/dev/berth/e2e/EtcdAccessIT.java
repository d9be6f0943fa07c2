package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Api;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.ControlPlane;
import dev.berth.e2e.harness.ControllerProcess;
import dev.berth.e2e.harness.Eventually;
import dev.berth.v1.Cluster;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Three etcds with TLS between all, client certificates, and users with rights: a controller is
/// the user that its certificate names, with rights to Berth's keys only.
final class EtcdAccessIT {
  @Test
  void worksAsTheUserOfItsCertificateWhenEtcdAsksForOne() {
    try (ControlPlane plane = ControlPlane.start(3, 3, List.of(), List.of());
        Api api = plane.api()) {
      enableAuthentication(plane);
      create(api, "one");
      ControllerProcess leader = plane.awaitLeader();
      Cluster before = plane.ask(leader);
      leader.kill();
      create(api, "two");
      Cluster after = plane.ask(plane.awaitLeader());
      assertTrue(after.getEpoch() > before.getEpoch(), after.toString());
      CommandResult listed = plane.cli().run("controller", "ls");
      assertEquals(0, listed.exitCode(), listed.toString());
    }
  }

  private static void enableAuthentication(ControlPlane plane) {
    ask(plane, "auth/user/add", "{\"name\":\"root\",\"password\":\"" + UUID.randomUUID() + "\"}");
    ask(plane, "auth/role/add", "{\"name\":\"root\"}");
    ask(plane, "auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
    ask(plane, "auth/role/add", "{\"name\":\"berth\"}");
    ask(
        plane,
        "auth/role/grant",
        "{\"name\":\"berth\",\"perm\":{\"permType\":\"READWRITE\",\"key\":\"%s\",\"range_end\":\"%s\"}}"
            .formatted(base64("/berth/"), base64("/berth0")));
    ask(
        plane,
        "auth/user/add",
        "{\"name\":\"berth-controller\",\"options\":{\"no_password\":true}}");
    ask(plane, "auth/user/grant", "{\"user\":\"berth-controller\",\"role\":\"berth\"}");
    ask(plane, "auth/enable", "{}");
  }

  private static void ask(ControlPlane plane, String method, String body) {
    CommandResult answer = call(plane, method, body);
    assertTrue(
        answer.exitCode() == 0 && !answer.out().contains("\"error\""), method + ": " + answer);
  }

  private static CommandResult call(ControlPlane plane, String method, String body) {
    Path pki = plane.pki().resolveSibling("etcd-pki");
    return Command.of(
            "curl",
            "--silent",
            "--show-error",
            "--cacert",
            pki.resolve("ca.crt").toString(),
            "--cert",
            pki.resolve("client.crt").toString(),
            "--key",
            pki.resolve("client.key").toString(),
            "--data",
            body,
            plane.etcd().members().getFirst().endpoint() + "/v3/" + method)
        .run();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void create(Api api, String name) {
    var _ =
        Eventually.until(
            name + " is created",
            () ->
                api.workloads()
                    .createWorkload(
                        Requests.create(
                            name,
                            UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8))
                                .toString()))
                    .getName(),
            name::equals);
  }
}
