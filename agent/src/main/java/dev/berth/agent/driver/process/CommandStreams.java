package dev.berth.agent.driver.process;

import com.google.protobuf.ByteString;
import dev.berth.v1.TerminalSize;
import java.io.IOException;

/// What connects a command to whoever started it: a terminal, or pipes. What is read goes to an
/// [OutputQueue].
interface CommandStreams {
  /// Waits while the command takes none; nothing happens after its end.
  void write(ByteString input) throws IOException, InterruptedException;

  /// The command finds the end of its input.
  void endInput() throws IOException;

  /// Nothing happens without a terminal.
  void resize(TerminalSize size);

  /// Nobody looks at the command any more. It may go on: what it writes is dropped.
  void drop();
}
