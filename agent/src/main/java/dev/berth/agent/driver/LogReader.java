package dev.berth.agent.driver;

import dev.berth.v1.LogChunk;
import java.util.Optional;

/// The output of one instance, read piece by piece by one thread. Nothing is read from the runtime
/// ahead of need, but for one buffer.
public interface LogReader extends AutoCloseable {
  /// The next piece, 1 byte to 32 KiB; waits for it. Empty: this was all, or the reader was closed.
  Optional<LogChunk> next() throws DriverException;

  /// Ends a `next` that waits in another thread; can be called by any thread, and again.
  @Override
  void close();
}
