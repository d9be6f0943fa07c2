package dev.berth.client.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.client.ControllerAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextTest {
  private static final ContextEntry LOCAL =
      new ContextEntry(
          "127.0.0.1:7443,[::1]:7443", "team", "/pki/ca.crt", "/pki/a \"b\\.crt", "/pki/a.key");

  @TempDir private Path directory;

  @Test
  void writesAFileThatOnlyItsOwnerReadsAndReadsItBack() throws IOException, ContextException {
    Path file = directory.resolve("berth/config.yaml");
    ContextFile contexts =
        ContextFile.EMPTY.withCurrent("far.away", LOCAL).withCurrent("local", LOCAL);
    contexts.save(file);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(contexts, ContextFile.load(file));
    contexts.without("local").save(file);
    assertEquals("", ContextFile.load(file).current());
    assertEquals(1, filesIn(file.resolveSibling("")));
  }

  @Test
  void aMissingFileIsEmpty() throws ContextException {
    assertEquals(ContextFile.EMPTY, ContextFile.load(directory.resolve("none")));
  }

  @Test
  void flagsComeBeforeTheEnvironmentAndThatBeforeTheContext() throws IOException, ContextException {
    Path file = directory.resolve("config.yaml");
    ContextFile.EMPTY.withCurrent("local", LOCAL).save(file);
    Map<String, String> plain = Map.of("BERTH_CONFIG", file.toString());
    Map<String, String> loud =
        Map.of("BERTH_CONFIG", file.toString(), "BERTH_ADDR", "env:1", "BERTH_NAMESPACE", "env");
    ContextEntry flag = new ContextEntry("flag:2", "", "", "", "");
    assertEquals("team", ContextChoice.resolve("", ContextEntry.EMPTY, plain).namespace());
    ClusterContext chosen = ContextChoice.resolve("", flag, loud);
    assertEquals(List.of(new ControllerAddress("flag", 2)), chosen.addresses());
    assertEquals("env", chosen.namespace());
    assertEquals(Path.of("/pki/ca.crt"), chosen.authorities());
  }

  @Test
  void saysWhatIsMissingAndWhatToDo() throws IOException {
    Path file = directory.resolve("config.yaml");
    Map<String, String> environment = Map.of("BERTH_CONFIG", file.toString());
    assertEquals(
        "no cluster is known: "
            + file
            + " has no context and BERTH_ADDR is not set; run `berth up` to start one here",
        problem("", ContextEntry.EMPTY, environment));
    ContextFile.EMPTY.withCurrent("local", LOCAL).save(file);
    assertEquals(
        "context: value: \"other\\u{202e}\" (expected: one of " + file + ": local)",
        problem("other\u202e", ContextEntry.EMPTY, environment));
    assertTrue(
        problem("", new ContextEntry("nowhere", "", "", "", ""), environment)
            .startsWith("address: value: \"nowhere\" (expected: host:port"));
    assertTrue(
        problem("", new ContextEntry("", "Up", "", "", ""), environment)
            .startsWith("namespace: value: \"Up\""));
  }

  @Test
  void refusesWhatIsWrittenWronglyWithLineAndColumn() throws IOException {
    Path file = directory.resolve("config.yaml");
    Map<String, String> environment = Map.of("BERTH_CONFIG", file.toString());
    Files.writeString(file, "current: a\ncontexts:\n  a:\n    adress: x\n");
    assertEquals(
        file
            + ":4:5: contexts.a: unknown field \"adress\" (expected: address, namespace, caCert,"
            + " clientCert, clientKey)",
        problem("", ContextEntry.EMPTY, environment));
    Files.writeString(file, "contexts: [a]\n");
    assertEquals(
        file + ":1:11: contexts: value: a list (expected: a mapping)",
        problem("", ContextEntry.EMPTY, environment));
  }

  private static String problem(
      String context, ContextEntry flags, Map<String, String> environment) {
    return String.valueOf(
        assertThrows(
                ContextException.class, () -> ContextChoice.resolve(context, flags, environment))
            .getMessage());
  }

  private static long filesIn(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.count();
    }
  }
}
