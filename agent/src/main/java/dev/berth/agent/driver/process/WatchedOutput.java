package dev.berth.agent.driver.process;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.LogReader;
import dev.berth.agent.driver.ProgramStream;
import dev.berth.v1.LogChunk;
import dev.berth.v1.TerminalSize;
import java.util.Optional;

/// The output of a program that takes no input.
///
/// @param reader of what it writes from now on
record WatchedOutput(LogReader reader) implements ProgramStream {
  @Override
  public boolean isTerminal() {
    return false;
  }

  @Override
  public boolean takesInput() {
    return false;
  }

  @Override
  public Optional<LogChunk> read() throws DriverException {
    return reader.next();
  }

  @Override
  public void write(ByteString input) {
    // It reads none.
  }

  @Override
  public void endInput() {
    // It has none.
  }

  @Override
  public void resize(TerminalSize size) {
    // There is no terminal.
  }

  @Override
  public void close() {
    reader.close();
  }
}
