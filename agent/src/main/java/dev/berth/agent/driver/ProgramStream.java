package dev.berth.agent.driver;

import com.google.protobuf.ByteString;
import dev.berth.v1.LogChunk;
import dev.berth.v1.TerminalSize;
import java.util.Optional;

/// The standard input, output and error of a program, or its terminal: read by one thread, written
/// by another one. Whoever does not read stops the program.
public interface ProgramStream extends AutoCloseable {
  /// Bytes of a piece, either way.
  int PIECE_MAX = 32 << 10;

  /// Whether it is a terminal: then all output is of one source.
  boolean isTerminal();

  /// Whether the program takes input.
  boolean takesInput();

  /// What the program wrote next, 1 byte to [#PIECE_MAX]; waits for it. Empty: its output has
  /// ended, or this was closed.
  ///
  /// @throws DriverException when the runtime went away
  Optional<LogChunk> read() throws DriverException;

  /// Gives input to the program; waits while it takes none. Nothing happens after the end.
  ///
  /// @param input at most [#PIECE_MAX] bytes
  void write(ByteString input) throws DriverException;

  /// The program finds the end of its input; output goes on.
  void endInput();

  /// The terminal has another size; nothing happens where there is none.
  void resize(TerminalSize size);

  /// Lets go of the program, which goes on. Ends a `read` that waits in another thread; can be
  /// called by any thread, and again.
  @Override
  void close();
}
