package dev.berth.agent.driver.process;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.ProgramStream;
import dev.berth.v1.LogSource;
import dev.berth.v1.TerminalSize;

/// A pseudo-terminal. It stays until no program has it any more, also when nobody looks at it.
record TerminalStreams(Pty pty) implements CommandStreams {
  private static final byte END_OF_INPUT = 4; // Ctrl-D

  /// Reads until the last program has closed it, then closes it.
  static TerminalStreams of(Pty pty, OutputQueue output) {
    var _ =
        Thread.ofPlatform()
            .daemon()
            .name("process-terminal")
            .start(
                () -> {
                  try (pty) {
                    copy(pty, output);
                  } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                  } finally {
                    output.ended();
                  }
                });
    return new TerminalStreams(pty);
  }

  private static void copy(Pty pty, OutputQueue output) throws InterruptedException {
    byte[] piece = new byte[ProgramStream.PIECE_MAX];
    for (int read = pty.read(piece); read >= 0; read = pty.read(piece)) {
      if (read > 0) {
        output.put(PipeStreams.chunk(LogSource.LOG_SOURCE_STDOUT, piece.clone(), read));
      }
    }
  }

  @Override
  public void write(ByteString input) throws InterruptedException {
    pty.write(input.toByteArray());
  }

  @Override
  public void endInput() {
    try {
      pty.write(new byte[] {END_OF_INPUT});
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void resize(TerminalSize size) {
    pty.resize(size);
  }

  @Override
  public void drop() {
    // It is read on, and what is read is dropped.
  }
}
