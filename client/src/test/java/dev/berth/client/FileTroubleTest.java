package dev.berth.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/// Against the troubles that the JDK really makes.
class FileTroubleTest {
  @TempDir private Path directory;

  private static IOException trouble(Executable action) {
    return assertThrows(IOException.class, action);
  }

  @Test
  void saysWhichFileItIsAndWhy() throws Exception {
    Path file = Files.write(directory.resolve("f"), new byte[] {(byte) 0xff});
    Path none = directory.resolve("none");
    assertEquals(
        none + ": no such file or directory",
        FileTrouble.words(trouble(() -> Files.readString(none))));
    assertEquals(
        file + ": it is there already",
        FileTrouble.words(trouble(() -> Files.createDirectory(file))));
    assertEquals(
        file + ": it is no directory",
        FileTrouble.words(
            trouble(
                () -> {
                  try (var list = Files.newDirectoryStream(file)) {
                    list.forEach(each -> fail(each.toString()));
                  }
                })));
    assertEquals(
        directory + ": the directory is not empty",
        FileTrouble.words(trouble(() -> Files.delete(directory))));
    assertEquals(
        file.resolve("below") + ": Not a directory",
        FileTrouble.words(trouble(() -> Files.readString(file.resolve("below")))));
    assertEquals(
        "it is no text in UTF-8", FileTrouble.words(trouble(() -> Files.readString(file))));
    assertEquals("f: permission denied", FileTrouble.words(new AccessDeniedException("f")));
    assertEquals("Is a directory", FileTrouble.words(trouble(() -> Files.readString(directory))));
    assertEquals("java.io.IOException", FileTrouble.words(new IOException()));
  }
}
