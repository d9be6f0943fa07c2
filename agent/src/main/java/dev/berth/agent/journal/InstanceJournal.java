package dev.berth.agent.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the agent was told to run, kept over its own restarts so that it goes on restarting what
/// ends while no controller can be reached. The labels in the runtimes are the truth: losing the
/// journal loses no instance.
///
/// Writing happens on a thread of its own, never on the way of an assignment; changes that come
/// while it writes are written together.
public final class InstanceJournal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(InstanceJournal.class);
  private static final String NAME = "instances";

  /// Least time between two writes: a disk may be shared with those who need it more.
  private static final long PAUSE_MILLIS = 200;

  private static final long RETRY_MILLIS = 5_000;

  private final Path directory;
  private final String bootId;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final TreeMap<String, JournalEntry> entries = new TreeMap<>();
  private final Thread writer;
  private boolean dirty;
  private boolean closed;
  private volatile @Nullable String problem;

  private InstanceJournal(Path directory, String bootId, List<JournalEntry> loaded) {
    this.directory = directory;
    this.bootId = bootId;
    loaded.forEach(entry -> entries.put(entry.instance().getInstanceId(), entry));
    this.writer = Thread.ofVirtual().name("journal").unstarted(this::write);
  }

  /// A journal and what it held.
  ///
  /// @param journal to go on with
  /// @param entries what was remembered; empty when there was nothing, or nothing readable
  /// @param sameBoot whether it was written since the host started
  public record Opened(InstanceJournal journal, List<JournalEntry> entries, boolean sameBoot) {}

  /// Opens the journal of a directory. A file that cannot be read is set aside, and the journal
  /// begins empty.
  ///
  /// @param bootId the kernel's boot id
  public static Opened open(Path directory, String bootId) throws IOException {
    AtomicFile.makeDirectory(directory);
    JournalCodec.Content content = load(directory.resolve(NAME));
    InstanceJournal journal = new InstanceJournal(directory, bootId, content.entries());
    journal.writer.start();
    return new Opened(journal, content.entries(), content.bootId().equals(bootId));
  }

  /// Remembers an instance.
  public void put(JournalEntry entry) {
    lock.lock();
    try {
      JournalEntry before = entries.put(entry.instance().getInstanceId(), entry);
      if (!entry.equals(before)) {
        dirty = true;
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Forgets an instance.
  public void remove(String instanceId) {
    lock.lock();
    try {
      if (entries.remove(instanceId) != null) {
        dirty = true;
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Why the journal cannot be written now, for people; empty when it can.
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /// Writes what is not written yet, and ends.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    try {
      for (List<JournalEntry> now = next(); now != null; now = next()) {
        boolean written = write(now);
        pause(written ? PAUSE_MILLIS : RETRY_MILLIS);
        if (!written) {
          markDirty();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean write(List<JournalEntry> now) {
    try {
      AtomicFile.write(directory, NAME, JournalCodec.encode(bootId, now));
      problem = null;
      return true;
    } catch (IOException e) {
      String text = directory.resolve(NAME) + ": cannot be written: " + e.getMessage();
      if (problem == null) {
        LOG.error("{}; no new instance is taken until it can", text);
      }
      problem = text;
      return false;
    }
  }

  /// What to write next; null when this journal is closed and everything is written.
  private @Nullable List<JournalEntry> next() throws InterruptedException {
    lock.lock();
    try {
      while (!dirty && !closed) {
        changed.await();
      }
      if (!dirty) {
        return null;
      }
      dirty = false;
      return List.copyOf(entries.values());
    } finally {
      lock.unlock();
    }
  }

  private void pause(long millis) throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (!closed && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private void markDirty() {
    lock.lock();
    try {
      // Once closed, a disk that is full must not keep the agent from ending.
      dirty = !closed;
    } finally {
      lock.unlock();
    }
  }

  private static JournalCodec.Content load(Path file) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException _) {
      return new JournalCodec.Content("", List.of());
    }
    try {
      return JournalCodec.decode(bytes);
    } catch (IOException e) {
      Path aside = file.resolveSibling(NAME + ".damaged");
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      LOG.error(
          "{}: cannot be read ({}); set aside as {}, what runs is found by its labels",
          file,
          e.getMessage(),
          aside.getFileName());
      return new JournalCodec.Content("", List.of());
    }
  }
}
