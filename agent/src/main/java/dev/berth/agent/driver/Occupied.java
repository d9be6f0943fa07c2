package dev.berth.agent.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// How much files occupy.
public final class Occupied {
  private Occupied() {}

  /// The sizes of all files below a directory together, in bytes; empty when there is no such
  /// directory. Links are not followed.
  public static OptionalLong by(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return OptionalLong.of(files.mapToLong(Occupied::size).sum());
    } catch (IOException | UncheckedIOException _) {
      return OptionalLong.empty();
    }
  }

  private static long size(Path file) {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isRegularFile() ? attributes.size() : 0;
    } catch (IOException _) {
      return 0; // it went away meanwhile
    }
  }
}
