package dev.berth.agent.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Archives, those of attackers among them.
@Timeout(60)
class UnpackingTest {
  private static final PlacedTree.Bounds SMALL = new PlacedTree.Bounds(20, 100_000);
  private static final int LINK_MODE = 0120777;

  @TempDir Path directory;
  private Path root;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8");

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(directory.resolve("root"));
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
  }

  private void add(String name, int mode, String content) throws IOException {
    byte[] data = content.getBytes(StandardCharsets.UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setMode(mode);
    entry.setSize(data.length);
    tar.putArchiveEntry(entry);
    tar.write(data);
    tar.closeArchiveEntry();
  }

  private void add(String name, byte kind, String target) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, kind, true);
    entry.setLinkName(target);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private void unpack(String below) throws IOException, InterruptedException {
    tar.finish();
    Path archive = Files.write(directory.resolve("a.tar"), bytes.toByteArray());
    new Unpacking(below, new PlacedTree(root, SMALL)).tar(archive, false);
  }

  private String refusal() {
    return String.valueOf(
        assertThrows(RefusedArchiveException.class, () -> unpack("")).getMessage());
  }

  private String mode(String path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(root.resolve(path), LinkOption.NOFOLLOW_LINKS));
  }

  private void nothingIsOutside() {
    assertFalse(Files.exists(directory.resolve("x"), LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void filesLinksAndModesComeOutAsTheyWentIn() throws Exception {
    add("./bin/", TarConstants.LF_DIR, "");
    add("./bin/run", 0104777, "program");
    add("lib/deep/data", 0600, "old");
    add("lib/deep/data", 0600, "data");
    add("lib/link", TarConstants.LF_SYMLINK, "../bin/run");
    add("n".repeat(150), 0, "");
    unpack("app/v1");
    assertEquals("program", Files.readString(root.resolve("app/v1/lib/link")));
    assertEquals("data", Files.readString(root.resolve("app/v1/lib/deep/data")));
    assertEquals("rwxr-xr-x", mode("app/v1/bin/run"));
    assertEquals("rw-------", mode("app/v1/lib/deep/data"));
    assertEquals("rwxr-xr-x", mode("app"));
    assertEquals("r--------", mode("app/v1/" + "n".repeat(150)));
  }

  @Test
  void aCompressedArchiveIsReadToo() throws Exception {
    add("x", 0644, "y");
    tar.finish();
    Path archive = directory.resolve("a.tgz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(archive))) {
      out.write(bytes.toByteArray());
    }
    new Unpacking("", new PlacedTree(root, SMALL)).tar(archive, true);
    assertEquals("y", Files.readString(root.resolve("x")));
    assertThrows(
        RefusedArchiveException.class,
        () ->
            new Unpacking("", new PlacedTree(root, SMALL))
                .tar(Files.writeString(directory.resolve("plain"), "plain"), true));
  }

  @Test
  void noPathLeadsUp() throws Exception {
    add("a/../../x", 0644, "");
    assertTrue(refusal().contains("leads out of the directory by \"..\""));
    nothingIsOutside();
  }

  @Test
  void noPathIsAbsolute() throws Exception {
    add(directory.resolve("x").toString(), 0644, "");
    assertTrue(refusal().contains("is an absolute path"));
    nothingIsOutside();
  }

  @Test
  void noLinkLeadsOut() throws Exception {
    PlacedTree tree = new PlacedTree(root, SMALL);
    tree.directory("a/b", 0755);
    tree.link("a/b/good", "../../a");
    tree.link("dot", ".");
    for (String target : new String[] {"/etc", "..", "../../..", "dot/..", "b/../../..", ""}) {
      RefusedArchiveException refusal =
          assertThrows(RefusedArchiveException.class, () -> tree.link("l", target), target);
      assertTrue(String.valueOf(refusal.getMessage()).contains("may lead out of the directory"));
    }
    assertThrows(RefusedArchiveException.class, () -> tree.link("a/b/bad", "../../../x"));
  }

  @Test
  void noPathGoesThroughALink() throws Exception {
    add("a/", TarConstants.LF_DIR, "");
    add("b", TarConstants.LF_SYMLINK, "a");
    add("b/x", 0644, "");
    assertTrue(refusal().contains("leads through b, which is no directory"));
  }

  @Test
  void aFileReplacesALinkAndNotWhatItLeadsTo() throws Exception {
    add("a", 0644, "old");
    add("b", TarConstants.LF_SYMLINK, "a");
    add("b", 0644, "new");
    unpack("");
    assertEquals("old", Files.readString(root.resolve("a")));
    assertEquals("new", Files.readString(root.resolve("b")));
  }

  @Test
  void aTreeThatHasALinkAlreadyIsNotLeftByIt() throws Exception {
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.createSymbolicLink(root.resolve("out"), outside);
    PlacedTree tree = new PlacedTree(root, SMALL);
    assertThrows(
        RefusedArchiveException.class,
        () -> tree.file("out/x", new ByteArrayInputStream(new byte[1]), 0644));
    assertThrows(RefusedArchiveException.class, () -> tree.directory("out", 0755));
    assertFalse(Files.exists(outside.resolve("x")));
  }

  @Test
  void hardLinksAreRefused() throws Exception {
    add("x", TarConstants.LF_LINK, "/etc/passwd");
    assertTrue(refusal().contains("is a hard link"));
  }

  @Test
  void devicesAndPipesAreRefused() throws Exception {
    for (byte kind :
        new byte[] {TarConstants.LF_CHR, TarConstants.LF_BLK, TarConstants.LF_FIFO, (byte) 'V'}) {
      bytes.reset();
      TarArchiveOutputStream one = new TarArchiveOutputStream(bytes);
      one.putArchiveEntry(new TarArchiveEntry("x", kind));
      one.closeArchiveEntry();
      one.finish();
      Path archive = Files.write(directory.resolve("d.tar"), bytes.toByteArray());
      RefusedArchiveException refusal =
          assertThrows(
              RefusedArchiveException.class,
              () -> new Unpacking("", new PlacedTree(root, SMALL)).tar(archive, false));
      assertTrue(String.valueOf(refusal.getMessage()).contains("is a device, a pipe"));
    }
  }

  @Test
  void thereAreNotTooManyEntriesOrBytes() throws Exception {
    for (int i = 0; i < 21; i++) {
      add("d" + i, 0644, "");
    }
    assertTrue(refusal().contains("more than 20 entries"));
  }

  @Test
  void aBombDoesNotGoOff() throws Exception {
    Path archive = directory.resolve("bomb.zip");
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(archive.toFile())) {
      zip.putArchiveEntry(new ZipArchiveEntry("x"));
      zip.write(new byte[10_000_000]);
      zip.closeArchiveEntry();
    }
    assertTrue(Files.size(archive) < 20_000);
    RefusedArchiveException refusal =
        assertThrows(
            RefusedArchiveException.class,
            () -> new Unpacking("", new PlacedTree(root, SMALL)).zip(archive));
    assertTrue(String.valueOf(refusal.getMessage()).contains("more than 100000 bytes"));
    assertTrue(Files.size(root.resolve("x")) <= 100_000);
  }

  @Test
  void aNameCannotFillTheMemory() throws Exception {
    byte[] name = new byte[2 << 20];
    TarArchiveEntry entry = new TarArchiveEntry("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME);
    entry.setSize(name.length);
    tar.putArchiveEntry(entry);
    tar.write(name);
    tar.closeArchiveEntry();
    add("x", 0644, "");
    assertTrue(refusal().contains("larger than a mebibyte"));
  }

  @Test
  void whatIsCutIsRefused() throws Exception {
    add("x", 0644, "y".repeat(5000));
    tar.finish();
    Path archive = directory.resolve("cut.tar");
    byte[] whole = bytes.toByteArray();
    Files.write(archive, java.util.Arrays.copyOf(whole, 2000));
    assertThrows(
        RefusedArchiveException.class,
        () -> new Unpacking("", new PlacedTree(root, SMALL)).tar(archive, false));
    assertThrows(
        RefusedArchiveException.class,
        () -> new Unpacking("", new PlacedTree(root, SMALL)).zip(archive));
  }

  @Test
  void aZipArchiveHasFilesLinksAndModesToo() throws Exception {
    Path archive = directory.resolve("a.zip");
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(archive.toFile())) {
      zip(zip, "bin/run", 0100755, "program");
      zip(zip, "plain", 0, "text");
      zip(zip, "link", LINK_MODE, "bin/run");
    }
    new Unpacking("", new PlacedTree(root, SMALL)).zip(archive);
    assertEquals("program", Files.readString(root.resolve("link")));
    assertEquals("rwxr-xr-x", mode("bin/run"));
    assertEquals("rw-r--r--", mode("plain"));
    Path attack = directory.resolve("b.zip");
    for (String[] entry : new String[][] {{"../x", "0"}, {"/x", "0"}, {"l", "" + LINK_MODE}}) {
      try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(attack.toFile())) {
        zip(zip, entry[0], Integer.parseInt(entry[1]), "../..");
      }
      assertThrows(
          RefusedArchiveException.class,
          () -> new Unpacking("", new PlacedTree(root, SMALL)).zip(attack),
          entry[0]);
    }
    nothingIsOutside();
  }

  private static void zip(ZipArchiveOutputStream zip, String name, int mode, String content)
      throws IOException {
    ZipArchiveEntry entry = new ZipArchiveEntry(name);
    if (mode != 0) {
      entry.setUnixMode(mode);
    }
    zip.putArchiveEntry(entry);
    zip.write(content.getBytes(StandardCharsets.UTF_8));
    zip.closeArchiveEntry();
  }
}
