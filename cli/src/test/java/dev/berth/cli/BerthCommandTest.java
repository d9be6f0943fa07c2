package dev.berth.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.Samples;
import dev.berth.v1.ListInstancesRequest;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BerthCommandTest {
  private static final Berth NOWHERE = new Berth(Map.of("BERTH_CONFIG", "/nonexistent/config"));

  @TempDir private Path directory;

  @Test
  void helpListsEveryVerbAndAsksNobody() {
    Berth.Result help = NOWHERE.run("--help");
    assertEquals(0, help.exitCode());
    assertEquals("", help.err());
    for (Verb verb : Verbs.all()) {
      assertEquals(
          !verb.name().startsWith("_"),
          help.out().contains("\n  " + verb.name() + " "),
          help.out());
    }
    assertEquals(help, NOWHERE.run());
    assertEquals(help, NOWHERE.run("help"));
  }

  @Test
  void everyVerbHasHelp() {
    for (Verb verb : Verbs.all()) {
      if (verb.verbs().isEmpty()) {
        Berth.Result help = NOWHERE.run(verb.name(), "--help");
        assertTrue(help.exitCode() == 0 && help.out().contains("Usage: berth " + verb.name()));
      }
      for (Verb below : verb.verbs()) {
        String path = verb.name() + " " + below.name();
        Berth.Result help = NOWHERE.run("help", verb.name(), below.name());
        assertTrue(help.exitCode() == 0 && help.out().contains("Usage: berth " + path), path);
      }
    }
    assertTrue(NOWHERE.run("node", "--help").out().contains("cordon"));
  }

  @Test
  void wrongUsageEndsWith2AndSaysWhatIsMeant() {
    assertEquals(
        new Berth.Result(
            2, "", "berth: unknown verb \"pss\" (did you mean ps?)\n  see berth --help\n"),
        NOWHERE.run("pss"));
    assertEquals(2, NOWHERE.run("node").exitCode());
    assertEquals(2, NOWHERE.run("node", "lls").exitCode());
    assertEquals(2, NOWHERE.run("--nonsense").exitCode());
    assertEquals(2, NOWHERE.run("-n").exitCode());
    Berth.Result option = NOWHERE.run("ps", "--nonsense");
    assertEquals(2, option.exitCode());
    assertTrue(option.err().startsWith("berth ps: unknown option: '--nonsense'"), option.err());
    assertTrue(option.err().contains("see berth ps --help"), option.err());
    assertEquals(2, NOWHERE.run("ps", "-o", "xml").exitCode());
    assertEquals(2, NOWHERE.run("ps", "--filter", "color=red").exitCode());
  }

  @Test
  void doesNotReadArgumentsFromFiles() throws IOException {
    Path file = Files.writeString(directory.resolve("arguments"), "--help");
    Berth.Result result = NOWHERE.run("ps", "@" + file);
    assertFalse(result.out().contains("Usage"), result.out());
  }

  @Test
  void withoutAClusterItSaysHowToGetOne() {
    Berth.Result result = NOWHERE.run("ps");
    assertEquals(1, result.exitCode());
    assertEquals("", result.out());
    assertTrue(result.err().contains("no cluster is known"), result.err());
    assertTrue(result.err().contains("berth up"), result.err());
  }

  @Test
  void aFlagComesBeforeTheEnvironmentAndMayStandBeforeTheVerb()
      throws IOException, GeneralSecurityException {
    try (FakeCluster cluster = new FakeCluster(directory)) {
      Berth berth = new Berth(cluster.environment());
      berth.with("BERTH_NAMESPACE", "blue").run("ps");
      berth.with("BERTH_NAMESPACE", "blue").run("-n", "green", "ps");
      berth.with("BERTH_NAMESPACE", "blue").run("ps", "--namespace=red");
      berth.run("ps");
      assertEquals(
          List.of("blue", "green", "red", "default"),
          cluster.requests(ListInstancesRequest.class).stream()
              .map(ListInstancesRequest::getNamespace)
              .toList());
    }
  }

  @Test
  void aRefusalIsOneLineThenWhatToDo() throws IOException, GeneralSecurityException {
    try (FakeCluster cluster = new FakeCluster(directory)) {
      Samples.fill(cluster);
      Berth berth = new Berth(cluster.environment());
      cluster
          .calls()
          .refuse(
              Status.PERMISSION_DENIED.withDescription("agents see nothing").asRuntimeException());
      Berth.Result denied = berth.run("ps");
      assertEquals(1, denied.exitCode());
      assertEquals("", denied.out());
      assertEquals("berth: not allowed: agents see nothing", denied.err().lines().toList().get(0));
      assertEquals(2, denied.err().lines().count(), denied.err());
      for (Status.Code code : Status.Code.values()) {
        if (code != Status.Code.OK) {
          cluster.calls().refuse(code.toStatus().asRuntimeException());
          Berth.Result refused = berth.run("ps");
          assertEquals(1, refused.exitCode(), code.toString());
          assertTrue(refused.err().startsWith("berth: "), refused.err());
          assertFalse(refused.err().contains("\tat "), refused.err());
        }
      }
      cluster.calls().accept();
      assertEquals(0, berth.run("ps").exitCode());
    }
  }

  @Test
  void traceIsShownOnRequestOnly() {
    assertFalse(NOWHERE.run("ps").err().contains("\tat "));
    assertTrue(NOWHERE.with("BERTH_DEBUG", "1").run("ps").err().contains("\tat "));
  }
}
