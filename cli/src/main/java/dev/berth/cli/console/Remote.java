package dev.berth.cli.console;

import com.google.protobuf.ByteString;
import dev.berth.v1.TerminalSize;
import java.time.Duration;
import java.util.Optional;

/// A program elsewhere that a terminal is attached to. Its output is read by one thread, its input
/// given by another one.
interface Remote extends AutoCloseable {
  /// A piece of output.
  ///
  /// @param error whether it was written to standard error
  record Output(ByteString bytes, boolean error) {}

  /// The next output; waits for it. Empty: there is no more, or this end has left.
  ///
  /// @throws io.grpc.StatusRuntimeException when the stream broke off
  Optional<Output> output() throws InterruptedException;

  /// Waits for output or the end.
  ///
  /// @return false when there was neither
  boolean awaitOutput(Duration limit) throws InterruptedException;

  /// Sends input, as soon as the other end takes it.
  ///
  /// @param typed at most 32 KiB
  /// @return false when it has ended
  boolean input(ByteString typed) throws InterruptedException;

  /// Says that there is no more input; output goes on.
  void endInput();

  /// Says that the terminal here has another size.
  void resize(TerminalSize size);

  /// Leaves it running; then its output ends.
  void leave();

  /// Goes away. What was not received yet is dropped.
  @Override
  void close();
}
