package dev.berth.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.BerthProcess;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.Samples;
import dev.berth.cli.testing.TestAuthority;
import dev.berth.spec.Printable;
import dev.berth.v1.Event;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The bad input that a command line gets: each is answered with a documented exit code, data on
/// stdout only, nothing unescaped, and no stack trace.
@Timeout(180)
class BadCommandLineTest {
  @TempDir private Path directory;
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    Samples.fill(cluster);
    berth = new Berth(cluster.environment());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  @Test
  void aMissingFileIsNamed() {
    String missing = directory.resolve("nothing.yaml").toString();
    for (String verb : List.of("apply", "validate", "delete")) {
      Berth.Result result = berth.run(verb, "-f", missing);
      assertRefused(result, missing);
    }
    for (String variable : List.of("BERTH_CACERT", "BERTH_CLIENT_CERT", "BERTH_CLIENT_KEY")) {
      assertRefused(berth.with(variable, missing).run("ps"), missing + ": no such file");
    }
  }

  @Test
  void aBadCertificateIsNamedOrNotTrusted() throws IOException, GeneralSecurityException {
    Path garbage = Files.writeString(directory.resolve("garbage.crt"), "\u001b[31mnot PEM");
    assertRefused(berth.with("BERTH_CLIENT_CERT", garbage.toString()).run("ps"), "garbage.crt");
    TestAuthority stranger = new TestAuthority("stranger");
    Path foreign = TestAuthority.write(stranger.certificate(), directory.resolve("foreign.crt"));
    assertRefused(berth.with("BERTH_CACERT", foreign.toString()).run("ps"), "no trust");
    cluster.write("unknown", stranger.issue("admin"));
    assertRefused(as("unknown").run("ps"), "certificates of the context");
    Instant yesterday = Instant.now().minus(Duration.ofDays(1));
    cluster.write("expired", cluster.authority().issue("admin", yesterday));
    assertRefused(as("expired").run("ps"), "certificates of the context");
  }

  @Test
  void aControllerThatIsAwayIsNamed() throws IOException {
    cluster.close();
    assertRefused(berth.run("ps"), "cannot reach the controller at " + cluster.address());
  }

  @Test
  void hostileNamesAreRefusedAndEscaped() {
    String hostile = "\u001b[2J\u202etxt\u0000\n../../etc/passwd";
    for (List<String> words :
        List.of(
            List.of(hostile),
            List.of("ps", "--" + hostile),
            List.of("ps", "-o", hostile),
            List.of("ps", "-n", hostile),
            List.of("ps", "--filter", hostile),
            List.of("inspect", hostile),
            List.of("stop", hostile),
            List.of("wait", hostile),
            List.of("node", hostile),
            List.of("node", "inspect", hostile),
            List.of("node", "label", "alpha", hostile),
            List.of("node", "taint", "alpha", hostile),
            List.of("node", "taint", hostile, "a=b:no-schedule"),
            List.of("node", "drain", hostile),
            List.of("node", "drain", "alpha", "--deadline", hostile),
            List.of("node", "fence", "--yes", hostile),
            List.of("ns", "create", hostile),
            List.of("ns", "quota", "default", "--cpu", hostile),
            List.of("why", hostile),
            List.of("run", "--require", hostile, "demo"),
            List.of("token", "revoke", hostile),
            List.of("apply", "-f", hostile),
            List.of("run", hostile),
            List.of("completion", hostile),
            List.of("--addr", hostile, "ps"),
            List.of("--context", hostile, "ps"))) {
      Berth.Result result = berth.run(words.toArray(new String[0]));
      assertRefused(result, "");
      assertTrue(
          result.err().codePoints().allMatch(c -> c == '\n' || Printable.isSafe(c)),
          words + ": " + Printable.escape(result.err()));
    }
  }

  @Test
  void aClosedPipeEndsItQuietly() throws IOException, InterruptedException {
    Process follower = process(directory.resolve("err"), "events", "-f");
    try (BufferedReader out = follower.inputReader()) {
      assertNotNull(out.readLine());
      assertTrue(cluster.events().awaitFollower());
    }
    while (follower.isAlive()) {
      cluster.events().add(Event.newBuilder().setMessage("x".repeat(10_000)).build());
      boolean _ = follower.waitFor(50, TimeUnit.MILLISECONDS);
    }
    assertEquals(141, follower.exitValue());
    assertEquals("", Files.readString(directory.resolve("err")));
  }

  @Test
  void aFullDiskIsSaid() throws IOException, InterruptedException {
    Process full = process(directory.resolve("err"), new String[] {"ps"}, Path.of("/dev/full"));
    assertEquals(1, full.waitFor());
    assertTrue(Files.readString(directory.resolve("err")).contains("cannot be written"));
  }

  @Test
  void ctrlCEndsItWith130() throws IOException, InterruptedException {
    Process follower = process(directory.resolve("err"), "events", "-f");
    assertTrue(cluster.events().awaitFollower());
    BerthProcess.interrupt(follower);
    assertEquals(130, follower.waitFor());
    assertEquals("", Files.readString(directory.resolve("err")));
  }

  @Test
  void withoutATerminalThereAreNoColoursAndNothingIsCut() throws IOException, InterruptedException {
    Process piped = process(directory.resolve("err"), "ps");
    String out = new String(piped.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, piped.waitFor());
    assertTrue(out.contains("0.0.0.0:20003->80/tcp"), out);
    assertFalse(out.contains("\u001b"), out);
    assertEquals("", Files.readString(directory.resolve("err")));
  }

  private Berth as(String identity) {
    return berth
        .with("BERTH_CLIENT_CERT", directory.resolve(identity + ".crt").toString())
        .with("BERTH_CLIENT_KEY", directory.resolve(identity + ".key").toString());
  }

  private Process process(Path err, String... arguments) throws IOException {
    return process(err, arguments, null);
  }

  private Process process(Path err, String[] arguments, @Nullable Path out) throws IOException {
    ProcessBuilder builder = BerthProcess.of(cluster.environment(), err, arguments);
    if (out != null) {
      builder.redirectOutput(out.toFile());
    }
    return builder.start();
  }

  private static void assertRefused(Berth.Result result, String reason) {
    assertTrue(List.of(1, 2, 125).contains(result.exitCode()), result.toString());
    assertEquals("", result.out());
    assertTrue(result.err().contains(reason), result.err());
    assertTrue(result.err().startsWith("berth"), result.err());
    assertFalse(result.err().contains("\tat "), result.err());
    assertFalse(result.err().contains("internal error"), result.err());
  }
}
