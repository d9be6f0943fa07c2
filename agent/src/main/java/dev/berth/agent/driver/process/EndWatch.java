package dev.berth.agent.driver.process;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says at once when a carrier has written down an end, and every other second that it is time to
/// look for those whose carrier was killed.
final class EndWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EndWatch.class);
  private static final int LOOK_SECONDS = 2;

  private final Path ends;
  private final @Nullable WatchService watches;
  private final Consumer<String> ended;
  private final Runnable look;

  private volatile boolean closed;

  /// @param ends where ends are written down
  /// @param ended told an instance's id
  /// @param look called now and then, and when news were lost
  EndWatch(Path ends, Consumer<String> ended, Runnable look) {
    this.ends = ends;
    this.watches = watch(ends);
    this.ended = ended;
    this.look = look;
  }

  private static @Nullable WatchService watch(Path ends) {
    try {
      WatchService made = ends.getFileSystem().newWatchService();
      var _ = ends.register(made, StandardWatchEventKinds.ENTRY_CREATE);
      return made;
    } catch (IOException e) {
      LOG.warn(
          "{}: cannot be watched, so that ends are seen every {} s only: {}; raise"
              + " fs.inotify.max_user_instances",
          ends,
          LOOK_SECONDS,
          e.getMessage());
      return null;
    }
  }

  void start() {
    var _ = Thread.ofVirtual().name("process-ends").start(this::run);
  }

  private void run() {
    long due = System.nanoTime();
    try {
      while (!closed) {
        WatchKey key = await(due - System.nanoTime());
        if (key != null) {
          take(key);
        } else {
          look.run();
          due = System.nanoTime() + TimeUnit.SECONDS.toNanos(LOOK_SECONDS);
        }
      }
    } catch (ClosedWatchServiceException _) {
      LOG.debug("{}: is not watched any more", ends);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// News, or null when the time is over.
  private @Nullable WatchKey await(long nanos) throws InterruptedException {
    WatchService watched = watches;
    if (nanos <= 0) {
      return null;
    } else if (watched != null) {
      return watched.poll(nanos, TimeUnit.NANOSECONDS);
    }
    TimeUnit.NANOSECONDS.sleep(nanos);
    return null;
  }

  private void take(WatchKey key) {
    for (WatchEvent<?> event : key.pollEvents()) {
      if (event.context() instanceof Path name) {
        ended.accept(name.toString());
      } else {
        look.run();
      }
    }
    if (!key.reset()) {
      LOG.warn("{}: is gone; ends are seen every {} s only", ends, LOOK_SECONDS);
    }
  }

  @Override
  public void close() {
    closed = true;
    WatchService watched = watches;
    if (watched == null) {
      return;
    }
    try {
      watched.close();
    } catch (IOException e) {
      LOG.debug("{}: its watch was not closed", ends, e);
    }
  }
}
