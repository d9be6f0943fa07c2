package dev.berth.agent.journal;

import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
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

  private final StateFiles files;
  private final String bootId;
  private String writtenBootId;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final TreeMap<String, JournalEntry> entries = new TreeMap<>();
  private final AgentClock clock;
  private boolean dirty;
  private boolean closed;
  private boolean ended;
  private volatile @Nullable String problem;

  private InstanceJournal(
      StateFiles files, String bootId, JournalCodec.Content loaded, AgentClock clock) {
    this.files = files;
    this.bootId = bootId;
    this.writtenBootId = loaded.bootId();
    this.clock = clock;
    loaded.entries().forEach(entry -> entries.put(entry.instance().getInstanceId(), entry));
  }

  /// A journal and what it held.
  ///
  /// @param journal to go on with
  /// @param entries what was remembered; empty when there was nothing, or nothing readable
  /// @param sameBoot whether it was written since the host started
  public record Opened(InstanceJournal journal, List<JournalEntry> entries, boolean sameBoot) {}

  /// Opens the journal. A file that cannot be read is set aside, and the journal
  /// begins empty.
  ///
  /// @param bootId the kernel's boot id
  /// @param threads writes it
  public static Opened open(StateFiles files, String bootId, AgentClock clock, Threads threads)
      throws IOException {
    JournalCodec.Content content = load(files);
    InstanceJournal journal = new InstanceJournal(files, bootId, content, clock);
    threads.start(journal::write, "journal");
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

  /// What is remembered from now on was assigned since the host started. Before that, and over
  /// restarts of the agent, everything stays marked as older.
  public void confirmBoot() {
    lock.lock();
    try {
      if (!writtenBootId.equals(bootId)) {
        writtenBootId = bootId;
        dirty = true;
        changed.signalAll();
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
      changed.signalAll();
      while (!ended) {
        changed.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void write() {
    try {
      for (JournalCodec.Content now = next(); now != null; now = next()) {
        boolean written = write(now);
        pause(written ? PAUSE_MILLIS : RETRY_MILLIS);
        if (!written) {
          markDirty();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end();
    }
  }

  private void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean write(JournalCodec.Content now) {
    try {
      files.replace(NAME, JournalCodec.encode(now.bootId(), now.entries()));
      problem = null;
      return true;
    } catch (IOException e) {
      String text = files + "/" + NAME + ": cannot be written: " + e.getMessage();
      if (problem == null) {
        LOG.error("{}; no new instance is taken until it can", text);
      }
      problem = text;
      return false;
    }
  }

  /// What to write next; null when this journal is closed and everything is written.
  private JournalCodec.@Nullable Content next() throws InterruptedException {
    lock.lock();
    try {
      while (!dirty && !closed) {
        changed.await();
      }
      if (!dirty) {
        return null;
      }
      dirty = false;
      return new JournalCodec.Content(writtenBootId, List.copyOf(entries.values()));
    } finally {
      lock.unlock();
    }
  }

  private void pause(long millis) throws InterruptedException {
    lock.lock();
    try {
      long until = clock.millis() + millis;
      while (!closed && clock.millis() < until) {
        clock.awaitUntil(lock, changed, until);
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

  private static JournalCodec.Content load(StateFiles files) throws IOException {
    Optional<byte[]> bytes = files.read(NAME);
    if (bytes.isEmpty()) {
      return new JournalCodec.Content("", List.of());
    }
    try {
      return JournalCodec.decode(bytes.get());
    } catch (IOException e) {
      String aside = files.setAside(NAME);
      LOG.error(
          "{}/{}: cannot be read ({}); set aside as {}, what runs is found by its labels",
          files,
          NAME,
          e.getMessage(),
          aside);
      return new JournalCodec.Content("", List.of());
    }
  }
}
