package dev.berth.agent.boot;

import java.time.Instant;

/// Takes what is written into a console's file. Called by one thread at a time, in the order of the
/// bytes. Must not wait for long: others' consoles wait meanwhile.
public interface ConsoleSink {
  /// The next bytes.
  ///
  /// @param bytes the sink must not keep it, its content changes
  /// @param count how many of its first bytes are meant, at least 1
  /// @param when they were read; of replayed bytes, when the file was last written
  /// @param replayed whether they were in the file already when it began to be followed
  void bytes(byte[] bytes, int count, Instant when, boolean replayed);

  /// The file was made empty, and goes on from its beginning; an unfinished line will stay so.
  void truncated();
}
