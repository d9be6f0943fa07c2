package dev.berth.agent.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeRemovalTest {
  @TempDir Path directory;

  @Test
  void allOfItGoesAndNothingThatLinksLeadTo() throws IOException {
    Path kept = Files.createDirectory(directory.resolve("kept"));
    Files.writeString(kept.resolve("x"), "y");
    Path tree = Files.createDirectory(directory.resolve("tree"));
    Path deep = tree;
    for (int i = 0; i < 60; i++) {
      deep = Files.createDirectory(deep.resolve("d"));
      Files.writeString(deep.resolve("f"), "");
      Files.createSymbolicLink(deep.resolve("l"), kept);
    }
    Files.setPosixFilePermissions(deep, PosixFilePermissions.fromString("---------"));
    Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("---------"));
    TreeRemoval.remove(tree);
    assertFalse(Files.exists(tree, LinkOption.NOFOLLOW_LINKS));
    assertEquals("y", Files.readString(kept.resolve("x")));
    TreeRemoval.remove(tree);
  }
}
