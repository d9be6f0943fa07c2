package dev.berth.cli.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class CompareCommandTest {
  @TempDir private Path directory;
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    berth = new Berth(cluster.environment());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  private void assertWrong(String says, String... options) {
    String[] words = new String[options.length + 1];
    words[0] = "compare";
    System.arraycopy(options, 0, words, 1, options.length);
    Berth.Result result = berth.run(words);
    assertEquals(2, result.exitCode(), result.toString());
    assertTrue(result.err().contains(says), result.toString());
  }

  @Test
  void saysWhatIsWrongBeforeAnythingIsStarted() {
    assertWrong("expected: 1 to 100", "--rounds=0");
    assertWrong("expected: 1 to 65535", "--target=0");
    assertWrong("expected: text or json", "-o", "yaml");
    assertWrong("expected: at most 10m", "--load=11m");
    assertWrong("--timeout", "--timeout=0");
    assertWrong("--timeout: value: \"soon\"", "--timeout=soon");
    assertWrong("--memory", "-m", "much");
    assertWrong("is a directory", "--html", directory.toString());
    assertWrong("no file can be made in", "--html", directory + "/none/page.html");
  }

  @Test
  void needsANode() {
    assertWrong("no node is ready");
  }
}
