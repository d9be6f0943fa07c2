package dev.berth.cli.copy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.FakeFiles;
import dev.berth.cli.testing.Samples;
import dev.berth.v1.CopyToInstanceOrder;
import dev.berth.v1.CopyToInstanceRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Both ends are directories of this host; what is between them is real but for the node, whose end
/// is played by this host's tar.
@Timeout(120)
class CopyCommandTest {
  private static final Instant THEN = Instant.parse("2020-02-03T04:05:06Z");

  @TempDir private Path here;
  @TempDir private Path there;
  @TempDir private Path data;
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(data);
    berth = new Berth(cluster.environment());
    cluster.instances().put(Samples.running("web", 1));
    cluster.instances().files().root(there);
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  private static Path tree(Path root) throws IOException {
    Files.createDirectories(root.resolve("sub/empty"));
    byte[] large = new byte[300_001];
    new Random(1).nextBytes(large);
    Files.write(root.resolve("sub/large"), large);
    Files.writeString(root.resolve("ä " + "x".repeat(120)), "long");
    Files.writeString(root.resolve("run.sh"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(
        root.resolve("run.sh"), PosixFilePermissions.fromString("rwxr-x--x"));
    Files.setLastModifiedTime(root.resolve("run.sh"), FileTime.from(THEN));
    Files.createSymbolicLink(root.resolve("link"), Path.of("run.sh"));
    Files.createSymbolicLink(root.resolve("far"), Path.of("/" + "y".repeat(130)));
    return root;
  }

  private static void assertTree(Path root) throws IOException {
    byte[] large = new byte[300_001];
    new Random(1).nextBytes(large);
    assertArrayEquals(large, Files.readAllBytes(root.resolve("sub/large")));
    assertTrue(Files.isDirectory(root.resolve("sub/empty")));
    assertEquals("long", Files.readString(root.resolve("ä " + "x".repeat(120))));
    assertEquals(
        "rwxr-x--x",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("run.sh"))));
    assertEquals(FileTime.from(THEN), Files.getLastModifiedTime(root.resolve("run.sh")));
    assertEquals(Path.of("run.sh"), Files.readSymbolicLink(root.resolve("link")));
    assertEquals(Path.of("/" + "y".repeat(130)), Files.readSymbolicLink(root.resolve("far")));
  }

  private Berth.Result good(String... words) {
    Berth.Result result = berth.run(words);
    assertEquals(0, result.exitCode(), result.err());
    return result;
  }

  private String bad(int exitCode, String... words) {
    Berth.Result result = berth.run(words);
    assertEquals(exitCode, result.exitCode(), result.err());
    return result.err();
  }

  @Test
  void aTreeGoesThereAndBackAsItIs() throws IOException {
    tree(here.resolve("site"));
    Files.createDirectory(there.resolve("srv"));
    Berth.Result sent = good("cp", here.resolve("site").toString(), "web.1:/srv");
    assertEquals("", sent.out());
    assertTrue(sent.err().matches("copied [0-9]+Ki to web\\.1:/srv\n"), sent.err());
    assertTree(there.resolve("srv/site"));
    assertEquals("", good("cp", "-q", "web.1:/srv/site", here + "/back").err());
    assertTree(here.resolve("back"));
  }

  @Test
  void onlyWhatIsInADirectory() throws IOException {
    tree(here.resolve("site"));
    Files.createDirectory(there.resolve("srv"));
    good("cp", here + "/site/.", "web.1:/srv");
    assertTree(there.resolve("srv"));
    Files.createDirectory(here.resolve("back"));
    good("cp", "web.1:/srv/.", here + "/back");
    assertTree(here.resolve("back"));
  }

  @Test
  void aFileGetsTheNameThatIsAskedForOrReplacesOne() throws IOException {
    Files.writeString(here.resolve("a"), "new");
    Files.writeString(there.resolve("old"), "old");
    good("cp", here + "/a", "web.1:/b");
    good("cp", here + "/a", "web.1:/old");
    assertEquals("new", Files.readString(there.resolve("b")));
    assertEquals("new", Files.readString(there.resolve("old")));
    Files.writeString(here.resolve("mine"), "mine");
    good("cp", "web.1:b", here + "/mine");
    assertEquals("new", Files.readString(here.resolve("mine")));
  }

  @Test
  void followsALinkOnlyWhenAsked() throws IOException {
    Files.writeString(there.resolve("real"), "content");
    Files.createSymbolicLink(there.resolve("link"), Path.of("real"));
    good("cp", "web.1:/link", here.toString());
    assertTrue(Files.isSymbolicLink(here.resolve("link")));
    Files.delete(here.resolve("link"));
    good("cp", "-L", "web.1:/link", here.toString());
    assertFalse(Files.isSymbolicLink(here.resolve("link")));
    assertEquals("content", Files.readString(here.resolve("link")));
    Files.createSymbolicLink(here.resolve("mine"), here.resolve("link"));
    good("cp", "-L", here + "/mine", "web.1:/mine");
    assertEquals("content", Files.readString(there.resolve("mine")));
    assertFalse(Files.isSymbolicLink(there.resolve("mine")));
  }

  @Test
  void archivesComeAndGoAsTheyAre() throws IOException {
    tree(here.resolve("site"));
    Files.createDirectory(there.resolve("srv"));
    Files.writeString(here.resolve("note"), "a note");
    String archive =
        new String(
            FakeFiles.tar(new byte[0], "-C", here.toString(), "-cf", "-", "note"),
            StandardCharsets.UTF_8);
    Berth.Result taken = berth.reading(archive).run("cp", "-", "web.1:/srv");
    assertEquals(0, taken.exitCode(), taken.err());
    assertEquals("a note", Files.readString(there.resolve("srv/note")));
    String back = good("cp", "web.1:/srv/note", "-").out();
    byte[] listed = FakeFiles.tar(back.getBytes(StandardCharsets.UTF_8), "-tf", "-");
    assertEquals("note\n", new String(listed, StandardCharsets.UTF_8));
    String terminal = berth.onTerminal(80).run("cp", "web.1:/srv/note", "-").err();
    assertTrue(terminal.contains("nothing for a terminal"), terminal);
  }

  @Test
  void ownersAreRootsUnlessKept() throws IOException {
    Files.writeString(here.resolve("a"), "new");
    good("cp", "-a", here + "/a", "web.1:/b");
    assertEquals(
        CopyToInstanceOrder.newBuilder()
            .setNamespace("default")
            .setInstance("web.1")
            .setPath("/")
            .setKeepOwners(true)
            .build(),
        cluster.requests(CopyToInstanceRequest.class).getFirst().getOpen());
  }

  @Test
  void saysWhatIsNotThereAndChangesNothing() throws IOException {
    Files.writeString(here.resolve("a"), "new");
    Files.createDirectory(here.resolve("d"));
    Files.writeString(there.resolve("b"), "old");
    assertTrue(bad(1, "cp", "web.1:/none", here.toString()).contains("there is nothing there"));
    assertTrue(bad(1, "cp", here + "/none", "web.1:/b").contains("there is nothing there"));
    assertTrue(bad(1, "cp", here + "/a", "web.1:/none/b").contains("nothing at /none"));
    assertTrue(bad(1, "cp", here + "/a", "web.1:/none/").contains("make it first"));
    assertTrue(bad(1, "cp", "web.1:/b", here + "/none/x").contains("make it first"));
    assertTrue(bad(1, "cp", here + "/d", "web.1:/b").contains("is a file"));
    assertEquals("old", Files.readString(there.resolve("b")));
    assertTrue(bad(2, "cp", "a", "b").contains("no end is an instance"));
    assertTrue(bad(2, "cp", "web.1:/a", "web.2:/b").contains("both ends"));
    assertEquals(2, berth.run("cp", "web.1:/a").exitCode());
  }

  private String refused(TarEntry... entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    TarWriter tar = new TarWriter(bytes);
    for (TarEntry entry : entries) {
      tar.entry(entry);
      tar.content("evil".getBytes(StandardCharsets.UTF_8), (int) entry.size());
      tar.pad(entry.size());
    }
    tar.finish();
    cluster.instances().files().send(bytes.toByteArray());
    Files.createDirectories(here.resolve("in"));
    return bad(1, "cp", "web.1:/d", here + "/in");
  }

  private static TarEntry file(String name) {
    return new TarEntry(name, TarEntry.Type.FILE, 0644, 0, 0, 4, 0, "");
  }

  private static TarEntry link(TarEntry.Type type, String name, String target) {
    return new TarEntry(name, type, 0777, 0, 0, 0, 0, target);
  }

  private static TarEntry directory(String name) {
    return new TarEntry(name, TarEntry.Type.DIRECTORY, 0755, 0, 0, 0, 0, "");
  }

  @Test
  void nothingIsWrittenOutsideOfTheDestination() throws IOException {
    Files.createDirectory(there.resolve("d"));
    Files.writeString(here.resolve("precious"), "precious");
    TarEntry.Type symbolic = TarEntry.Type.LINK;
    assertTrue(refused(directory("d"), file("d/../../precious")).contains("leads out"));
    assertTrue(refused(file("../precious")).contains("leads out"));
    assertTrue(refused(file("/../precious")).contains("leads out"));
    assertTrue(
        refused(directory("d"), link(symbolic, "d/out", here.toString()), file("d/out/precious"))
            .contains("through the link"));
    assertTrue(
        refused(directory("d"), link(TarEntry.Type.HARD_LINK, "d/h", "d/../../precious"))
            .contains("leads out"));
    assertTrue(
        refused(
                directory("d"),
                link(symbolic, "d/s", here + "/precious"),
                link(TarEntry.Type.HARD_LINK, "d/h", "d/s"))
            .contains("no file of the archive"));
    assertEquals("precious", Files.readString(here.resolve("precious")));
    // A link of before is replaced, not written through.
    Files.deleteIfExists(here.resolve("in/d/s"));
    Files.createDirectories(here.resolve("in/d"));
    Files.createSymbolicLink(here.resolve("in/d/s"), here.resolve("precious"));
    var _ = refused(directory("d"), file("d/s"), file("d/../x"));
    assertEquals("precious", Files.readString(here.resolve("precious")));
    assertEquals("evil", Files.readString(here.resolve("in/d/s")));
    assertFalse(Files.isSymbolicLink(here.resolve("in/d/s")));
    assertFalse(Files.exists(here.resolve("in/x"), LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void aBrokenArchiveIsToldAsSuch() throws IOException {
    Files.createDirectory(there.resolve("d"));
    cluster.instances().files().send(new byte[] {1, 2, 3});
    assertTrue(bad(1, "cp", "web.1:/d", here.toString()).contains("no whole tar archive"));
    byte[] nonsense = new byte[1024];
    new Random(2).nextBytes(nonsense);
    cluster.instances().files().send(nonsense);
    assertTrue(bad(1, "cp", "web.1:/d", here.toString()).contains("no whole tar archive"));
  }
}
