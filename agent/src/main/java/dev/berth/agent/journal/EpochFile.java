package dev.berth.agent.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The highest epoch that this agent ever obeyed. Never goes back. Thread-safe.
public final class EpochFile {
  private static final Logger LOG = LoggerFactory.getLogger(EpochFile.class);
  private static final String NAME = "epoch";

  private final StateFiles files;
  private final ReentrantLock lock = new ReentrantLock();
  private long highest;

  private EpochFile(StateFiles files, long highest) {
    this.files = files;
    this.highest = highest;
  }

  /// Opens the file; a damaged one is set aside.
  public static EpochFile open(StateFiles files) throws IOException {
    Optional<byte[]> content = files.read(NAME);
    if (content.isEmpty()) {
      return new EpochFile(files, 0);
    }
    try {
      String text = new String(content.get(), StandardCharsets.ISO_8859_1).strip();
      return new EpochFile(files, Long.parseUnsignedLong(text));
    } catch (NumberFormatException _) {
      String aside = files.setAside(NAME);
      LOG.error(
          "{}/{}: is no epoch; set aside as {}, the next leader's is taken", files, NAME, aside);
      return new EpochFile(files, 0);
    }
  }

  /// The highest epoch so far; 0: none.
  public long highest() {
    lock.lock();
    try {
      return highest;
    } finally {
      lock.unlock();
    }
  }

  /// Accepts an epoch that is not lower than any before; durable when this returns.
  ///
  /// @return false when it is lower: whoever says it does not lead any more
  /// @throws IOException when a higher one cannot be made durable, and so must not be obeyed
  public boolean accept(long epoch) throws IOException {
    lock.lock();
    try {
      int order = Long.compareUnsigned(epoch, highest);
      if (order > 0) {
        byte[] text = (Long.toUnsignedString(epoch) + "\n").getBytes(StandardCharsets.US_ASCII);
        files.replace(NAME, text);
        highest = epoch;
      }
      return order >= 0;
    } finally {
      lock.unlock();
    }
  }
}
