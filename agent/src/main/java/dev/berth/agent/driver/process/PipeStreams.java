package dev.berth.agent.driver.process;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.berth.agent.driver.ProgramStream;
import dev.berth.v1.LogChunk;
import dev.berth.v1.LogSource;
import dev.berth.v1.TerminalSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/// Three pipes.
record PipeStreams(Process process) implements CommandStreams {
  /// Reads both outputs until they end.
  static PipeStreams of(Process process, OutputQueue output) {
    copy(process.getInputStream(), LogSource.LOG_SOURCE_STDOUT, output);
    copy(process.getErrorStream(), LogSource.LOG_SOURCE_STDERR, output);
    return new PipeStreams(process);
  }

  private static void copy(InputStream in, LogSource source, OutputQueue output) {
    var _ =
        Thread.ofVirtual()
            .name("process-exec-output")
            .start(
                () -> {
                  try (in) {
                    byte[] piece = new byte[ProgramStream.PIECE_MAX];
                    for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                      output.put(chunk(source, piece, read));
                      piece = new byte[ProgramStream.PIECE_MAX];
                    }
                  } catch (IOException _) {
                    return; // as good as its end
                  } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                  } finally {
                    output.ended();
                  }
                });
  }

  static LogChunk chunk(LogSource source, byte[] bytes, int count) {
    return LogChunk.newBuilder()
        .setSource(source)
        .setData(UnsafeByteOperations.unsafeWrap(ByteBuffer.wrap(bytes, 0, count)))
        .build();
  }

  @Override
  public void write(ByteString input) throws IOException {
    OutputStream out = process.getOutputStream();
    input.writeTo(out);
    out.flush();
  }

  @Override
  public void endInput() throws IOException {
    process.getOutputStream().close();
  }

  @Override
  public void resize(TerminalSize size) {
    // There is no terminal.
  }

  @Override
  public void drop() {
    try {
      endInput();
    } catch (IOException _) {
      return; // it has ended
    }
  }
}
