package dev.berth.agent.facts;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Bounded reads below a root directory. What cannot be read is absent, never an exception: a host
/// without a file simply has one fact less.
record HostFiles(Path root) {
  private static final int MOST_TEXT_BYTES = 4 << 20;

  /// A path below the root; an absolute one is taken as if the root were `/`.
  Path at(String path) {
    return root.resolve(path.startsWith("/") ? path.substring(1) : path);
  }

  boolean exists(String path) {
    return Files.exists(at(path));
  }

  /// The whole text without surrounding blanks, at most 4 MiB; absent when empty or unreadable.
  Optional<String> text(String path) {
    return bytes(path, MOST_TEXT_BYTES)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip())
        .filter(text -> !text.isEmpty());
  }

  List<String> lines(String path) {
    return text(path).map(text -> text.lines().toList()).orElse(List.of());
  }

  /// A whole number that is the text of a file.
  Optional<Long> number(String path) {
    return text(path).flatMap(HostFiles::parsed);
  }

  static Optional<Long> parsed(String text) {
    try {
      return Optional.of(Long.parseLong(text.strip()));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /// The first bytes of a file; absent when unreadable.
  Optional<byte[]> bytes(String path, int most) {
    Path file = at(path);
    if (Files.isDirectory(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(in.readNBytes(most));
    } catch (IOException | SecurityException _) {
      return Optional.empty();
    }
  }

  /// Bytes at an offset; absent unless all of them can be read.
  Optional<byte[]> bytesAt(String path, long offset, int count) {
    try (FileChannel channel = FileChannel.open(at(path), StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.allocate(count);
      return channel.read(buffer, offset) == count ? Optional.of(buffer.array()) : Optional.empty();
    } catch (IOException | SecurityException _) {
      return Optional.empty();
    }
  }

  /// Whether a file can be opened for reading and writing; nothing is read or written.
  boolean canOpen(String path) {
    try (FileChannel channel =
        FileChannel.open(at(path), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.isOpen();
    } catch (IOException | SecurityException | UnsupportedOperationException _) {
      return false;
    }
  }

  /// Names in a directory, sorted; empty when it cannot be listed.
  List<String> names(String path) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(at(path))) {
      for (Path entry : entries) {
        names.add(String.valueOf(entry.getFileName()));
      }
    } catch (IOException | SecurityException | java.nio.file.DirectoryIteratorException _) {
      return List.of();
    }
    Collections.sort(names);
    return names;
  }

  /// What a symbolic link says, unresolved; absent when it is none.
  Optional<String> link(String path) {
    try {
      return Files.exists(at(path), LinkOption.NOFOLLOW_LINKS)
          ? Optional.of(Files.readSymbolicLink(at(path)).toString())
          : Optional.empty();
    } catch (IOException | SecurityException | UnsupportedOperationException _) {
      return Optional.empty();
    }
  }

  /// The last name of what a symbolic link says: a device's driver is such a link to its directory.
  Optional<String> linkName(String path) {
    return link(path).map(to -> to.substring(to.lastIndexOf('/') + 1)).filter(n -> !n.isEmpty());
  }
}
