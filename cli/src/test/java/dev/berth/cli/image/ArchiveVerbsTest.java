package dev.berth.cli.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ArchiveVerbsTest {
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

  @Test
  void savesFromANodeThatHasAllOfThem() throws Exception {
    Berth.Result piped = berth.run("save", "shop:1", "cdcdcdcd");
    assertEquals("n1 has shop:1 and cdcdcdcd", piped.out());
    assertEquals("n1 has sha256:cdcd", berth.run("save", "sha256:cdcdcdcd").out().substring(0, 18));
    Path file = directory.resolve("shop.tar");
    Berth.Result saved = berth.run("save", "-o", file.toString(), "shop:1");
    assertEquals(0, saved.exitCode(), saved.err());
    assertEquals("n1 has shop:1", Files.readString(file));
    Berth.Result none = berth.run("save", "shop:1", "other");
    assertEquals(1, none.exitCode());
    assertTrue(none.err().contains("no node has all of these images"), none.err());
    assertEquals(2, berth.onTerminal(80).run("save", "shop:1").exitCode());
    assertEquals(1, berth.run("save", "-o", "/nowhere/shop.tar", "shop:1").exitCode());
  }

  @Test
  void nothingButAFileIsReplacedByAnArchive() throws Exception {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    Berth.Result refused = berth.run("save", "-o", empty.toString(), "shop:1");
    assertEquals(1, refused.exitCode());
    assertTrue(refused.err().contains("is no file"), refused.err());
    assertTrue(Files.isDirectory(empty));
    Path file = Files.writeString(directory.resolve("old.tar"), "old");
    assertEquals(0, berth.run("save", "-o", file.toString(), "shop:1").exitCode());
    assertEquals("n1 has shop:1", Files.readString(file));
  }

  @Test
  void whatBreaksOffHasNoName() throws Exception {
    Path file = directory.resolve("half.tar");
    Berth.Result broken = berth.run("save", "--node=n1", "-o", file.toString(), "breaks");
    assertEquals(1, broken.exitCode());
    assertTrue(broken.err().contains("n1 went away"), broken.err());
    assertFalse(Files.exists(file));
    try (Stream<Path> all = Files.list(directory)) {
      assertEquals(
          List.of(),
          all.filter(each -> String.valueOf(each.getFileName()).contains("save")).toList());
    }
  }

  @Test
  void loadsOnAllNodesOrThoseThatAreNamed() throws Exception {
    Path file = Files.writeString(directory.resolve("shop.tar"), "archive");
    Berth.Result all = berth.run("load", "-i", file.toString());
    assertEquals(0, all.exitCode(), all.err());
    assertEquals("n1: Loaded image: shop:1\nn2: Loaded image: shop:1\n", all.out());
    assertEquals("archive", new String(cluster.images().content(), StandardCharsets.UTF_8));
    Berth.Result one = berth.reading("more").run("load", "-q", "--node=n2");
    assertEquals(new Berth.Result(0, "n2: Loaded image: shop:1\n", ""), one);
    Berth.Result none = berth.run("load", "-i", "/nowhere.tar");
    assertEquals(1, none.exitCode());
    assertTrue(none.err().contains("/nowhere.tar: there is no such file"), none.err());
  }

  @Test
  void showsHowAnImageWasMade() {
    List<String> lines =
        berth.run("history", "shop:1").lines().stream()
            .map(line -> line.replaceAll(" +", " ").strip())
            .toList();
    assertEquals("IMAGE CREATED CREATED BY SIZE COMMENT", lines.getFirst());
    assertTrue(lines.get(1).startsWith("cdcdcdcdcdcd - /bin/sh -c #(nop) CMD"), lines.get(1));
    assertTrue(lines.get(1).contains("…"), lines.get(1));
    assertTrue(lines.get(2).matches("<missing> .*d ADD file 5Mi base"), lines.get(2));
    String whole = berth.run("history", "--no-trunc", "-H=false", "shop:1").out();
    assertTrue(whole.contains("\"arguments\"]") && whole.contains("5242880"), whole);
    assertTrue(whole.contains("1970-01-01T00:00:01Z"), whole);
    assertEquals("cdcdcdcdcdcd\n<missing>\n", berth.run("history", "-q", "shop:1").out());
  }
}
