package dev.berth.agent.driver;

import com.google.protobuf.ByteString;
import java.util.Optional;

/// The console of one instance: read by one thread, written by another one.
public interface Console extends AutoCloseable {
  /// Bytes of a piece, either way.
  int PIECE_MAX = 32 << 10;

  /// What the instance wrote next, 1 byte to [#PIECE_MAX], raw; waits for it. Empty: the instance
  /// has ended, or the console was closed. As on a real line, what is not read in time may be lost;
  /// then a line between the pieces says so.
  ///
  /// @throws DriverException with the reason [ConsoleCapable#TAKEN] when someone else took it over,
  ///     and when the runtime went away
  Optional<ByteString> read() throws DriverException;

  /// Gives input to the instance; waits while it takes none, for 10 s at most. Nothing happens
  /// after the end.
  ///
  /// @param input at most [#PIECE_MAX] bytes
  /// @throws DriverException when it takes none, or the runtime went away
  void write(ByteString input) throws DriverException;

  /// Lets go of the console, so that the next one may attach when this returns, after 2 s at most;
  /// the instance goes on. Ends a `read` that waits in another thread; can be called by any thread,
  /// and again.
  @Override
  void close();
}
