package dev.berth.agent.driver.libvirt;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.LogReader;
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
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Reads what a machine wrote to its serial console: the rotated parts first, then the present one,
/// and on with what is added while the machine runs.
final class ConsoleLogReader implements LogReader {
  private static final int CHUNK_BYTES = 32 << 10;
  // Only while someone watches.
  private static final long LOOK_MILLIS = 100;

  /// A file, and where to begin in it.
  record Part(Path file, long offset) {}

  private final Deque<Part> parts;
  private final BooleanSupplier goesOn;
  private @Nullable FileChannel open;
  private @Nullable Object key;
  private @Nullable Path path;
  private volatile boolean closed;

  /// @param parts what to read, the oldest first
  /// @param goesOn whether more may be written; asked now and then after all was read
  ConsoleLogReader(Deque<Part> parts, BooleanSupplier goesOn) {
    this.parts = new ArrayDeque<>(parts);
    this.goesOn = goesOn;
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
          "LogsFailed", "the console's output cannot be read: " + e.getMessage(), e);
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
            .build());
  }

  private void begin(Part part) throws IOException {
    leave();
    path = part.file();
    try {
      FileChannel channel = FileChannel.open(part.file(), StandardOpenOption.READ);
      open = channel;
      key = Files.readAttributes(part.file(), BasicFileAttributes.class).fileKey();
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
