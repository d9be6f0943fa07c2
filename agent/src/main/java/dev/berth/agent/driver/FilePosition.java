package dev.berth.agent.driver;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// A place in output that is kept in files, which are renamed when they are rotated.
///
/// @param inode of the file
/// @param offset of the next byte
record FilePosition(long inode, long offset) {
  ByteString encoded() {
    ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES).putLong(inode).putLong(offset).flip();
    return ByteString.copyFrom(bytes);
  }

  /// @throws DriverException when it is none
  static FilePosition decode(ByteString encoded) throws DriverException {
    if (encoded.size() == 2 * Long.BYTES) {
      ByteBuffer bytes = encoded.asReadOnlyByteBuffer();
      FilePosition position = new FilePosition(bytes.getLong(), bytes.getLong());
      if (position.offset() >= 0) {
        return position;
      }
    }
    throw DriverException.permanent(
        "BadPosition", "position: not one that this instance's output gave", null);
  }

  static Optional<Long> inode(Path file) throws IOException {
    try {
      return Optional.of((Long) Files.getAttribute(file, "unix:ino"));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  /// What of the parts lies behind it; all of them when its file is gone.
  Deque<FileLogReader.Part> behind(Deque<FileLogReader.Part> parts) throws IOException {
    Deque<FileLogReader.Part> rest = new ArrayDeque<>(parts);
    while (!rest.isEmpty()) {
      FileLogReader.Part first = rest.removeFirst();
      if (inode(first.file()).filter(found -> found == inode).isPresent()) {
        rest.addFirst(new FileLogReader.Part(first.file(), offset));
        return rest;
      }
    }
    return parts;
  }
}
