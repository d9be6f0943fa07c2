package dev.berth.agent.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// The disk, as far as the agent remembers things: a few small files that are replaced as a whole.
public interface StateFiles {
  /// The content of a file; empty when there is none.
  Optional<byte[]> read(String name) throws IOException;

  /// Replaces the content of a file; durable when this returns.
  ///
  /// @throws IOException when the old content is still there, for instance because the disk is full
  void replace(String name, byte[] content) throws IOException;

  /// Puts a damaged file aside, for people to look at.
  ///
  /// @return its new name
  String setAside(String name) throws IOException;

  /// Files of a directory, which is made when there is none.
  static StateFiles in(Path directory) throws IOException {
    AtomicFile.makeDirectory(directory);
    return new StateFiles() {
      @Override
      public Optional<byte[]> read(String name) throws IOException {
        try {
          return Optional.of(Files.readAllBytes(directory.resolve(name)));
        } catch (NoSuchFileException _) {
          return Optional.empty();
        }
      }

      @Override
      public void replace(String name, byte[] content) throws IOException {
        AtomicFile.write(directory, name, content);
      }

      @Override
      public String setAside(String name) throws IOException {
        String aside = name + ".damaged";
        Files.move(
            directory.resolve(name), directory.resolve(aside), StandardCopyOption.REPLACE_EXISTING);
        return aside;
      }

      @Override
      public String toString() {
        return directory.toString();
      }
    };
  }
}
