package dev.berth.agent.boot;

import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the files that consoles are written into: one thread for all of them, which sleeps while
/// nothing is written. Thread-safe.
///
/// A file may not be there yet, may be truncated, and may be renamed with a new one made under its
/// name, as virtlogd does: then the old one is read to its end first. When that happens twice
/// before this is noticed, what was written between is not seen. The directory must be there.
public final class ConsoleFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConsoleFollower.class);
  private static final int BUFFER_BYTES = 16 << 10;

  /// After so many bytes of one file it is another's turn.
  private static final long TURN_BYTES = 256 << 10;

  private final WatchService watches;
  private final AgentClock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<WatchKey, List<ConsoleTail>> tails = new HashMap<>();

  private ConsoleFollower(WatchService watches, AgentClock clock) {
    this.watches = watches;
    this.clock = clock;
  }

  /// Starts its thread.
  ///
  /// @throws IOException when the host has no watches left (`fs.inotify.max_user_instances`)
  public static ConsoleFollower open(Threads threads, AgentClock clock) throws IOException {
    ConsoleFollower follower =
        new ConsoleFollower(FileSystems.getDefault().newWatchService(), clock);
    threads.start(follower::run, "consoles");
    return follower;
  }

  /// Follows a file until what is returned is closed. What is in it already is given to the sink
  /// before this returns, what comes later on the thread of this follower.
  ///
  /// @param file may be missing; its directory must not
  /// @param offset where to begin, 0 for all, at least 0; ignored when the file is shorter, because
  ///     then it is another one
  /// @throws IOException when the directory cannot be watched or the file cannot be read
  public ConsoleTail follow(Path file, long offset, ConsoleSink sink) throws IOException {
    Path whole = file.toAbsolutePath();
    ConsoleTail tail = new ConsoleTail(whole, sink, clock, this::forget);
    lock.lock();
    try {
      WatchKey key =
          directory(whole)
              .register(
                  watches,
                  StandardWatchEventKinds.ENTRY_CREATE,
                  StandardWatchEventKinds.ENTRY_MODIFY);
      tails.computeIfAbsent(key, _ -> new ArrayList<>()).add(tail);
    } finally {
      lock.unlock();
    }
    try {
      tail.begin(offset, new byte[BUFFER_BYTES]);
      return tail;
    } catch (IOException | RuntimeException e) {
      tail.close();
      throw e;
    }
  }

  /// Ends all.
  @Override
  public void close() {
    all().forEach(ConsoleTail::close);
    try {
      watches.close();
    } catch (IOException e) {
      LOG.debug("the watches of consoles were not closed", e);
    }
  }

  private static Path directory(Path file) throws IOException {
    Path directory = file.getParent();
    if (directory == null) {
      throw new IOException(file + ": is no file");
    }
    return directory;
  }

  private void run() {
    byte[] buffer = new byte[BUFFER_BYTES];
    Deque<ConsoleTail> unread = new ArrayDeque<>();
    try {
      while (true) {
        WatchKey key = unread.isEmpty() ? watches.take() : watches.poll();
        if (key != null) {
          for (ConsoleTail tail : changed(key)) {
            if (!unread.contains(tail)) {
              unread.addLast(tail);
            }
          }
        }
        ConsoleTail next = unread.pollFirst();
        if (next != null && hasMore(next, buffer)) {
          unread.addLast(next);
        }
      }
    } catch (ClosedWatchServiceException _) {
      LOG.debug("consoles are not followed any more");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// The files that have changed. Later changes wake the thread again.
  private List<ConsoleTail> changed(WatchKey key) {
    List<WatchEvent<?>> events = key.pollEvents();
    boolean alive = key.reset();
    lock.lock();
    try {
      List<ConsoleTail> known = tails.getOrDefault(key, List.of());
      if (!alive && !known.isEmpty()) {
        LOG.warn("{}: is gone, consoles in it are not followed", key.watchable());
        tails.remove(key);
      }
      return known.stream()
          .filter(tail -> events.stream().anyMatch(event -> concerns(event, tail)))
          .toList();
    } finally {
      lock.unlock();
    }
  }

  private static boolean concerns(WatchEvent<?> event, ConsoleTail tail) {
    return event.kind().equals(StandardWatchEventKinds.OVERFLOW)
        || tail.file().getFileName().equals(event.context());
  }

  private static boolean hasMore(ConsoleTail tail, byte[] buffer) {
    try {
      return tail.read(buffer, TURN_BYTES);
    } catch (IOException e) {
      LOG.warn("{}: cannot be read: {}", tail.file(), e.toString());
      return false;
    } catch (RuntimeException e) {
      LOG.error("{}: is not followed any more: this is a mistake", tail.file(), e);
      tail.close();
      return false;
    }
  }

  private List<ConsoleTail> all() {
    lock.lock();
    try {
      return tails.values().stream().flatMap(List::stream).toList();
    } finally {
      lock.unlock();
    }
  }

  private void forget(ConsoleTail tail) {
    lock.lock();
    try {
      tails
          .entrySet()
          .removeIf(
              entry -> {
                entry.getValue().remove(tail);
                if (entry.getValue().isEmpty()) {
                  entry.getKey().cancel();
                }
                return entry.getValue().isEmpty();
              });
    } finally {
      lock.unlock();
    }
  }
}
