package dev.berth.agent.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The highest epoch that this agent ever obeyed. Never goes back. Thread-safe.
public final class EpochFile {
  private static final Logger LOG = LoggerFactory.getLogger(EpochFile.class);
  private static final String NAME = "epoch";

  private final Path directory;
  private long highest;

  private EpochFile(Path directory, long highest) {
    this.directory = directory;
    this.highest = highest;
  }

  /// Opens the file of a directory; a damaged one is set aside.
  public static EpochFile open(Path directory) throws IOException {
    AtomicFile.makeDirectory(directory);
    Path file = directory.resolve(NAME);
    String text;
    try {
      text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (NoSuchFileException _) {
      return new EpochFile(directory, 0);
    }
    try {
      return new EpochFile(directory, Long.parseUnsignedLong(text));
    } catch (NumberFormatException _) {
      Path aside = file.resolveSibling(NAME + ".damaged");
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      LOG.error(
          "{}: is no epoch; set aside as {}, the next leader's is taken",
          file,
          aside.getFileName());
      return new EpochFile(directory, 0);
    }
  }

  /// The highest epoch so far; 0: none.
  public synchronized long highest() {
    return highest;
  }

  /// Accepts an epoch that is not lower than any before; durable when this returns.
  ///
  /// @return false when it is lower: whoever says it does not lead any more
  /// @throws IOException when a higher one cannot be made durable, and so must not be obeyed
  public synchronized boolean accept(long epoch) throws IOException {
    int order = Long.compareUnsigned(epoch, highest);
    if (order > 0) {
      byte[] text = (Long.toUnsignedString(epoch) + "\n").getBytes(StandardCharsets.US_ASCII);
      AtomicFile.write(directory, NAME, text);
      highest = epoch;
    }
    return order >= 0;
  }
}
