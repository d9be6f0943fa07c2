package dev.berth.cli.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.v1.ImageImportSpec;
import dev.berth.v1.ImportImageRequest;
import dev.berth.v1.RemoveImageRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ImageVerbsTest {
  private static final String DIGEST = "ab".repeat(32);

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

  private ImageImportSpec asked() {
    return cluster.requests(ImportImageRequest.class).getFirst().getOrder().getImage();
  }

  private Path disk(String name) throws IOException {
    byte[] content = new byte[700_000];
    new Random(1).nextBytes(content);
    return Files.write(directory.resolve(name), content);
  }

  @Test
  void sendsAFileWithItsDigestAndSaysWhatBecameOfItOnEachNode() throws Exception {
    Path file = disk("Debian-12.QCOW2");
    Berth.Result result = berth.run("image", "import", "--vm", file.toString());
    assertEquals(1, result.exitCode());
    assertEquals("n1: debian-12, qcow2 of 128Mi, sha256 " + DIGEST + "\n", result.out());
    assertEquals("berth: n2: no space left\n", result.err());
    byte[] content = Files.readAllBytes(file);
    assertArrayEquals(content, cluster.images().content());
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    assertEquals(
        ImageImportSpec.newBuilder()
            .setName("debian-12")
            .setSha256(digest)
            .setContentBytes(content.length)
            .build(),
        asked());
    for (ImportImageRequest each : cluster.requests(ImportImageRequest.class)) {
      assertTrue(each.getContent().size() <= 256 << 10, "piece of " + each.getContent().size());
    }
  }

  @Test
  void showsALineANodeOnATerminal() throws Exception {
    Berth.Result result =
        berth.onTerminal(60).run("image", "import", "--vm", "--node=n1", disk("a.img").toString());
    assertEquals(0, result.exitCode(), result.err());
    assertTrue(result.err().contains("n1: 0B of 100B, 0 %\nn2: 0B of 100B, 0 %\n"), result.err());
    assertTrue(result.err().contains("\u001b[2A\r\u001b[J"), result.err());
  }

  @Test
  void aFileThatIsNotWhatWasSaidIsNotSent() throws Exception {
    Berth.Result result =
        berth.run("image", "import", "--vm", "--sha256=" + DIGEST, disk("a.img").toString());
    assertEquals(1, result.exitCode());
    assertTrue(result.err().contains("nothing was sent"), result.err());
    assertEquals(List.of(), cluster.requests(ImportImageRequest.class));
  }

  @Test
  void namesUrlsAndReferencesAfterTheirLastPart() {
    String url = "https://images.example/a/Jammy.img?token=1";
    assertEquals(
        0, berth.run("image", "import", "--vm", "--node=n1", "--sha256=" + DIGEST, url).exitCode());
    assertEquals(
        ImageImportSpec.newBuilder().setName("jammy").setSha256(DIGEST).setUrl(url).build(),
        asked());
    assertEquals(
        new ImportOrigin.OfRegistry("registry.example/containerdisks/fedora:41"),
        ImportOrigin.parse("registry.example/containerdisks/fedora:41"));
    assertEquals(
        "fedora:41", ImportOrigin.parse("registry.example/containerdisks/fedora:41").defaultName());
  }

  @Test
  void refusesWrongUsageBeforeAnythingIsAsked() throws IOException {
    String file = disk("a.img").toString();
    for (String[] words :
        new String[][] {
          {"image", "import", file},
          {"image", "import", "--vm"},
          {"image", "import", "--vm", "missing.qcow2"},
          {"image", "import", "--vm", "debian"},
          {"image", "import", "--vm", "https://images.example/a.img"},
          {"image", "import", "--vm", "--sha256=12", file},
          {"image", "import", "--vm", "--name=A B", file},
          {"image", "import", "--vm", "--node=N_1", file},
          {"image", "import", "--vm", directory.toString()},
          {"image", "inspect"},
          {"image", "inspect", "https://images.example/a.img"},
          {"image", "rm", "a b"},
          {"image", "ls", "-o", "xml"}
        }) {
      Berth.Result result = berth.run(words);
      assertEquals(2, result.exitCode(), String.join(" ", words) + ": " + result.err());
    }
    assertEquals(List.of(), cluster.requests(ImportImageRequest.class));
  }

  @Test
  void listsWhatNodesHaveAndWhichCannotSay() {
    Berth.Result result = berth.run("image", "ls");
    assertEquals(1, result.exitCode());
    assertTrue(
        result.lines().get(1).matches("debian +<none> +abababababab +vm +n1 +- +64Mi +1"),
        result.out());
    assertTrue(
        result.lines().get(4).matches("<none> +<none> +abababababab +vm +n1 +- +64Mi +1"),
        result.out());
    assertEquals("berth: n2: it is not connected\n", result.err());
  }

  @Test
  void inspectShowsTheMasterBootRecordAndThePartitions() {
    Berth.Result result = berth.run("image", "inspect", "debian");
    assertEquals(0, result.exitCode(), result.err());
    for (String part :
        List.of(
            "Names: debian",
            "Format: qcow2 (version 3)",
            "Virtual size: 128Mi (134217728 bytes)",
            "Boot loader: GRUB 2",
            "Partition table: MBR",
            " Disk id: 0xdeadbeef",
            " Signature: 0x55 0xaa",
            " 1 yes 0x0e 2048 100000",
            "FAT16 (LBA)")) {
      assertTrue(result.out().replaceAll(" +", " ").contains(part), part + " in\n" + result.out());
    }
    assertTrue(berth.run("image", "inspect", "-o", "json", "debian").out().startsWith("["));
  }

  @Test
  void aNodeThatWasNotNamedNeedNotHaveIt() {
    Berth.Result none = berth.run("image", "inspect", "other");
    assertEquals(1, none.exitCode());
    assertTrue(none.err().contains("no node has this image"), none.err());
    Berth.Result named = berth.run("image", "inspect", "--node=n1", "--node=n2", "debian");
    assertEquals(1, named.exitCode());
    assertTrue(named.err().contains("n2: n2 has no such image"), named.err());
  }

  @Test
  void rmSaysWhereItWasRemovedAndWhereNot() {
    Berth.Result result = berth.run("image", "rm", "debian");
    assertEquals(new Berth.Result(1, "n1: debian\n", "berth: n2: a machine needs it\n"), result);
    assertEquals("debian", cluster.requests(RemoveImageRequest.class).getFirst().getImage());
    assertFalse(berth.run("image", "--help").out().isEmpty());
  }
}
