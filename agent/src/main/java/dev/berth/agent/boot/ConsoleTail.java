package dev.berth.agent.boot;

import dev.berth.agent.port.AgentClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One console file that is followed, across truncations and rotations. Thread-safe.
public final class ConsoleTail implements AutoCloseable {
  private static final int OPEN_TRIES = 10;

  private final Path file;
  private final ConsoleSink sink;
  private final AgentClock clock;
  private final Consumer<ConsoleTail> onClose;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable FileChannel channel;
  private @Nullable Object key;
  private long position;
  private boolean begun;
  private boolean closed;

  ConsoleTail(Path file, ConsoleSink sink, AgentClock clock, Consumer<ConsoleTail> onClose) {
    this.file = file;
    this.sink = sink;
    this.clock = clock;
    this.onClose = onClose;
  }

  /// Bytes of the present file that the sink was given, or that were skipped at the beginning:
  /// where to go on another time.
  public long position() {
    lock.lock();
    try {
      return position;
    } finally {
      lock.unlock();
    }
  }

  /// Does something of which the sink must know in the order of the bytes: while it is not called,
  /// and not at all after the end.
  public void between(Runnable work) {
    lock.lock();
    try {
      if (!closed) {
        work.run();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Ends it; after that the sink is not called any more. Waits for a call that is under way,
  /// unless this is called from it.
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      closeChannel();
    } finally {
      lock.unlock();
    }
    onClose.accept(this);
  }

  Path file() {
    return file;
  }

  /// Gives what is in the file already, from an offset. Nothing is read before.
  void begin(long offset, byte[] buffer) throws IOException {
    lock.lock();
    try {
      if (open()) {
        Instant written = Files.getLastModifiedTime(file).toInstant();
        long size = size();
        position = offset <= size ? offset : 0;
        while (position < size) {
          int most = (int) Math.min(buffer.length, size - position);
          int count = closed ? -1 : readAt(buffer, most);
          if (count <= 0) {
            break;
          }
          position += count;
          sink.bytes(buffer, count, written, true);
        }
      }
      begun = true;
    } finally {
      lock.unlock();
    }
  }

  /// Gives what was written since, up to a bound.
  ///
  /// @return whether there may be more
  boolean read(byte[] buffer, long bound) throws IOException {
    lock.lock();
    try {
      long given = 0;
      boolean moved = false;
      while (begun && !closed && (channel != null || open())) {
        int count = readAt(buffer, buffer.length);
        if (count > 0) {
          position += count;
          given += count;
          sink.bytes(buffer, count, clock.wall(), false);
          if (given >= bound) {
            return true;
          }
        } else if (size() < position) {
          position = 0;
          sink.truncated();
        } else if (moved) {
          closeChannel();
        } else if (!isAnother(keyOf(file))) {
          return false;
        } else {
          // Whoever writes is with the other file now: this one is complete, once read to its end.
          moved = true;
          continue;
        }
        moved = false;
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// Opens the file at its beginning; false while there is none. What is opened and what is known
  /// of it must be the same file, also when it is moved away at this moment.
  private boolean open() throws IOException {
    for (int i = 0; i < OPEN_TRIES; i++) {
      Object before = keyOf(file);
      if (before == null) {
        return false;
      }
      FileChannel opened;
      try {
        opened = FileChannel.open(file, StandardOpenOption.READ);
      } catch (NoSuchFileException _) {
        return false;
      }
      if (before.equals(keyOf(file))) {
        channel = opened;
        key = before;
        position = 0;
        return true;
      }
      opened.close();
    }
    return false;
  }

  private int readAt(byte[] buffer, int most) throws IOException {
    FileChannel from = channel;
    return from == null ? -1 : from.read(ByteBuffer.wrap(buffer, 0, most), position);
  }

  private long size() throws IOException {
    FileChannel from = channel;
    return from == null ? 0 : from.size();
  }

  private boolean isAnother(@Nullable Object found) {
    return found != null && !found.equals(key);
  }

  private void closeChannel() {
    FileChannel open = channel;
    channel = null;
    key = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException _) {
        // It was only read from.
      }
    }
  }

  /// What tells the file from others of the file system; null when there is none.
  private static @Nullable Object keyOf(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException _) {
      return null;
    }
  }
}
