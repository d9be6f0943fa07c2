package dev.berth.agent.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Layers of images, those of attackers among them.
@Timeout(60)
class LayerUnpackingTest {
  private static final PlacedTree.Bounds SMALL = new PlacedTree.Bounds(30, 10_000);

  @TempDir Path directory;
  private Path root;
  private Path outside;
  private LayerTree tree;

  @BeforeEach
  void makeRoot() throws IOException {
    assumeTrue(System.getProperty("user.name").equals("root"), "layers have owners");
    root = Files.createDirectory(directory.resolve("root"));
    outside = Files.createDirectory(directory.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "kept");
    tree = new LayerTree(root, SMALL);
  }

  @AfterEach
  void nothingOutsideWasTouched() throws IOException {
    try (Stream<Path> all = Files.list(outside)) {
      assertEquals(List.of(outside.resolve("secret")), all.toList());
    }
    assertEquals("kept", Files.readString(outside.resolve("secret")));
    assertEquals(1, Files.getAttribute(outside.resolve("secret"), "unix:nlink"));
  }

  private void add(LayerArchive layer) throws IOException, InterruptedException {
    Path archive = Files.write(directory.resolve("layer.tar"), layer.bytes());
    new LayerUnpacking(tree).add(archive, false);
  }

  private String refusal(LayerArchive layer) {
    return String.valueOf(
        assertThrows(RefusedArchiveException.class, () -> add(layer)).getMessage());
  }

  private String all() throws IOException {
    TreeSet<String> names = new TreeSet<>();
    try (Stream<Path> walk = Files.walk(root)) {
      walk.filter(each -> !each.equals(root))
          .forEach(each -> names.add(root.relativize(each).toString()));
    }
    return String.join(" ", names);
  }

  @Test
  void laterLayersCoverEarlierOnes() throws Exception {
    add(
        new LayerArchive()
            .directory("./", 0711)
            .directory("etc/", 0755)
            .file("etc/a", "1")
            .file("etc/b", "1")
            .file("/bin/x", 0755, new byte[3]));
    add(new LayerArchive().file("etc/a", "2").directory("bin/x", 0700).file("bin/x/y", "in it"));
    assertEquals("bin bin/x bin/x/y etc etc/a etc/b", all());
    assertEquals("2", Files.readString(root.resolve("etc/a")));
    assertEquals(0711, (int) Files.getAttribute(root, "unix:mode") & 07777);
  }

  @Test
  void whatALayerTakesAwayIsWhatIsBelowItWhereverItSaysSo() throws Exception {
    add(new LayerArchive().file("a/old", "1").file("a/b/old", "1").file("c", "1").file("d", "1"));
    add(
        new LayerArchive()
            .file("a/new", "2")
            .file("a/.wh..wh..opq", "")
            .file("c", "2")
            .file(".wh.c", "")
            .file(".wh.d", "")
            .file(".wh..wh.plnk", "")
            .file(".wh.never-there", ""));
    assertEquals("a a/new c", all());
    assertEquals("2", Files.readString(root.resolve("c")));
  }

  @Test
  void ownersModesAndHardLinksAreThoseOfTheImage() throws Exception {
    add(
        new LayerArchive()
            .owned("su", 7, 70_000)
            .other("again", TarConstants.LF_LINK, "/su")
            .other("su", TarConstants.LF_LINK, "./su"));
    assertEquals(7, Files.getAttribute(root.resolve("again"), "unix:uid"));
    assertEquals(70_000, Files.getAttribute(root.resolve("again"), "unix:gid"));
    assertEquals(04755, (int) Files.getAttribute(root.resolve("again"), "unix:mode") & 07777);
    assertEquals(2, Files.getAttribute(root.resolve("su"), "unix:nlink"));
  }

  @Test
  void largeFilesAreNoPartOfWhatStandsBeforeTheNext() throws Exception {
    tree = new LayerTree(root, new PlacedTree.Bounds(30, 8 << 20));
    add(new LayerArchive().file("large", 0644, new byte[3 << 20]).file("after", "1"));
    add(new LayerArchive().file("other", 0644, new byte[3 << 20]).file(".wh.large", ""));
    assertEquals("after other", all());
  }

  @Test
  void devicesAndPipesAreLeftOut() throws Exception {
    add(
        new LayerArchive()
            .other("dev/sda", TarConstants.LF_BLK, "")
            .other("dev/mem", TarConstants.LF_CHR, "")
            .other("pipe", TarConstants.LF_FIFO, "")
            .file("x", ""));
    assertEquals("x", all());
  }

  @Test
  void linksOnTheWayAreFollowedAsFromWithin() throws Exception {
    add(
        new LayerArchive()
            .link("lib", "usr/lib")
            .link("abs", "/usr/lib")
            .link("up", "../../../usr")
            .link("out", outside.toString()));
    add(
        new LayerArchive()
            .file("lib/a", "")
            .file("abs/b", "")
            .file("up/lib/c", "")
            .file("out/secret", "written"));
    assertEquals(
        "written", Files.readString(root.resolve(outside.toString().substring(1) + "/secret")));
    assertTrue(all().contains("usr/lib/a usr/lib/b usr/lib/c"), all());
    assertTrue(Files.isSymbolicLink(root.resolve("lib")));
  }

  @Test
  void nothingOutsideIsTakenAway() throws Exception {
    add(new LayerArchive().link("out", outside.toString()).link("file", outside + "/secret"));
    add(
        new LayerArchive()
            .file("out/.wh.secret", "")
            .file("out/.wh..wh..opq", "")
            .directory("file", 0700)
            .file(".wh.out", ""));
    assertTrue(Files.isDirectory(root.resolve("file"), LinkOption.NOFOLLOW_LINKS));
    assertFalse(Files.exists(root.resolve("out"), LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void aHardLinkLeadsToNothingOutside() throws Exception {
    LayerArchive linked =
        new LayerArchive()
            .link("out", outside.toString())
            .other("stolen", TarConstants.LF_LINK, "out/secret");
    assertTrue(refusal(linked).contains("which is no file before it"));
    LayerArchive covered =
        new LayerArchive().file("d/f", "").other("d", TarConstants.LF_LINK, "d/f");
    assertTrue(refusal(covered).contains("takes the place of"));
  }

  @Test
  void pathsThatLeadUpAndCirclesAreRefused() throws Exception {
    assertTrue(refusal(new LayerArchive().file("../x", "")).contains("no path in a root"));
    assertTrue(refusal(new LayerArchive().file("a/.wh...", "")).contains("no path in a root"));
    assertTrue(refusal(new LayerArchive().file("a/.wh..", "")).contains("removes nothing"));
    LayerArchive through = new LayerArchive().file("f", "").file("f/g", "");
    assertTrue(refusal(through).contains("leads through f"));
    LayerArchive circle = new LayerArchive().link("p", "q").link("q", "p").file("p/x", "");
    assertThrows(IOException.class, () -> add(circle));
  }

  @Test
  void thereIsABoundForEntriesAndBytes() throws Exception {
    LayerArchive large = new LayerArchive().file("x", 0644, new byte[10_001]);
    assertTrue(refusal(large).contains("more than 10000 bytes"));
    LayerArchive many = new LayerArchive();
    for (int i = 0; i < 40; i++) {
      many.directory("d" + i, 0755);
    }
    assertTrue(refusal(many).contains("more than 30 entries"));
  }
}
