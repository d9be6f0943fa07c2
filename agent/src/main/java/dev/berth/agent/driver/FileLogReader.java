package dev.berth.agent.driver;

import com.google.protobuf.ByteString;
import dev.berth.v1.LogChunk;
import dev.berth.v1.LogSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Reads output that is kept in files: the rotated parts first, then the present one, and on with
/// what is added while there may be more.
public final class FileLogReader implements LogReader {
  private static final int CHUNK_BYTES = 32 << 10;
  private static final int PART_BYTES_MAX = 16 << 20;
  // Only while someone watches.
  private static final long LOOK_MILLIS = 100;

  /// A file, and where to begin in it.
  public record Part(Path file, long offset) {}

  private final Deque<Part> parts;
  private final BooleanSupplier goesOn;
  private @Nullable FileChannel open;
  private @Nullable Object key;
  private @Nullable Path path;
  private Optional<Long> inode = Optional.empty();
  private volatile boolean closed;

  /// @param parts what to read, the oldest first
  /// @param goesOn whether more may be written; asked now and then after all was read
  FileLogReader(Deque<Part> parts, BooleanSupplier goesOn) {
    this.parts = new ArrayDeque<>(parts);
    this.goesOn = goesOn;
  }

  /// What a user asks for of these parts.
  ///
  /// @param parts all that is kept, the oldest first
  /// @param runs whether more may be written
  public static LogReader open(Deque<Part> parts, LogQuery query, BooleanSupplier runs)
      throws IOException, DriverException {
    return new FileLogReader(wanted(parts, query), query.follow() ? runs : () -> false);
  }

  private static Deque<Part> wanted(Deque<Part> parts, LogQuery query)
      throws IOException, DriverException {
    if (!query.position().isEmpty()) {
      return FilePosition.decode(query.position()).behind(parts);
    }
    return query.tailLines().isPresent() ? tail(parts, query.tailLines().getAsInt()) : parts;
  }

  /// The last lines of the parts; an unfinished line counts.
  private static Deque<Part> tail(Deque<Part> parts, int lines) throws IOException {
    Deque<Part> wanted = new ArrayDeque<>();
    long missing = lines;
    boolean end = true;
    for (Part part : List.copyOf(parts).reversed()) {
      if (missing < 0 || !Files.exists(part.file())) {
        continue;
      }
      byte[] bytes = last(part.file());
      int i = bytes.length - 1;
      if (end && i >= 0) {
        end = false;
        if (bytes[i] == '\n') {
          i--; // it ends the last line and begins none
        }
      }
      while (i >= 0 && missing > 0) {
        if (bytes[i] == '\n' && --missing == 0) {
          break;
        }
        i--;
      }
      long size = Files.size(part.file());
      wanted.addFirst(new Part(part.file(), size - bytes.length + i + 1));
      if (missing == 0) {
        break;
      }
    }
    return wanted;
  }

  private static byte[] last(Path file) throws IOException {
    try (var channel = Files.newByteChannel(file)) {
      long from = Math.max(0, channel.size() - PART_BYTES_MAX);
      channel.position(from);
      ByteBuffer buffer = ByteBuffer.allocate((int) (channel.size() - from));
      int read = 0;
      while (read >= 0 && buffer.hasRemaining()) {
        read = channel.read(buffer);
      }
      byte[] bytes = new byte[buffer.position()];
      buffer.flip().get(bytes);
      return bytes;
    }
  }

  @Override
  public Optional<LogChunk> next() throws DriverException {
    try {
      boolean last = false;
      while (!closed) {
        Optional<LogChunk> chunk = read();
        if (chunk.isPresent()) {
          return chunk;
        }
        if (!parts.isEmpty()) {
          begin(parts.removeFirst());
        } else if (!rotated()) {
          if (last) {
            break;
          }
          // What was written before it ended is read once more.
          last = !goesOn.getAsBoolean();
          if (!last) {
            Thread.sleep(LOOK_MILLIS);
          }
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      if (closed) {
        return Optional.empty();
      }
      throw DriverException.retryable(
          "LogsFailed", "the output cannot be read: " + e.getMessage(), e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private Optional<LogChunk> read() throws IOException {
    FileChannel channel = open;
    if (channel == null) {
      return Optional.empty();
    }
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK_BYTES);
    if (channel.read(buffer) <= 0) {
      return Optional.empty();
    }
    return Optional.of(
        LogChunk.newBuilder()
            .setSource(LogSource.LOG_SOURCE_STDOUT)
            .setData(ByteString.copyFrom(buffer.flip()))
            .setPosition(position(channel))
            .build());
  }

  private ByteString position(FileChannel channel) throws IOException {
    long offset = channel.position();
    return inode.map(known -> new FilePosition(known, offset).encoded()).orElse(ByteString.EMPTY);
  }

  private void begin(Part part) throws IOException {
    leave();
    path = part.file();
    try {
      FileChannel channel = FileChannel.open(part.file(), StandardOpenOption.READ);
      open = channel;
      key = Files.readAttributes(part.file(), BasicFileAttributes.class).fileKey();
      inode = FilePosition.inode(part.file());
      channel.position(Math.min(part.offset(), channel.size()));
    } catch (NoSuchFileException _) {
      // Nothing was written yet, or it was rotated away just now.
    }
  }

  /// True when the file that was read to its end is not the present one any more.
  private boolean rotated() throws IOException {
    Path present = path;
    if (present == null) {
      return false;
    }
    try {
      Object now = Files.readAttributes(present, BasicFileAttributes.class).fileKey();
      if (now == null || now.equals(key)) {
        return false;
      }
      begin(new Part(present, 0));
      return true;
    } catch (NoSuchFileException _) {
      return false;
    }
  }

  private void leave() throws IOException {
    FileChannel channel = open;
    open = null;
    if (channel != null) {
      channel.close();
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      leave();
    } catch (IOException _) {
      // Nothing was written to it.
    }
  }
}
