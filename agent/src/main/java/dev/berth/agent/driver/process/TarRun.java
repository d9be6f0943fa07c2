package dev.berth.agent.driver.process;

import dev.berth.agent.driver.CopyCapable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// A tar of the node at work. What it complains about is kept, as far as it is short.
final class TarRun implements CopyCapable.Archive {
  private static final int COMPLAINT_MAX = 4 << 10;
  private static final int BUFFER_BYTES = 32 << 10;
  // GNU tar's word for files that changed while they were read; all of them are there.
  private static final int SOME_DIFFER = 1;

  private final Process process;
  private final Thread listening;
  private final AtomicReference<String> complaint = new AtomicReference<>("");

  private TarRun(Process process) {
    this.process = process;
    listening = Thread.ofVirtual().name("tar-complaints").start(this::listen);
  }

  static TarRun start(List<String> words) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("LC_ALL", "C");
    builder.environment().remove("TAR_OPTIONS");
    return new TarRun(builder.start());
  }

  private void listen() {
    try (InputStream err = process.getErrorStream()) {
      complaint.set(new String(err.readNBytes(COMPLAINT_MAX), StandardCharsets.UTF_8).strip());
      long _ = err.transferTo(OutputStream.nullOutputStream());
    } catch (IOException _) {
      return; // it was ended
    }
  }

  /// It is given nothing.
  void endInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException _) {
      return; // it has ended
    }
  }

  /// Gives it an archive. Ends early when it takes no more: [#awaitEnd] says why.
  ///
  /// @throws IOException when the archive cannot be read
  void take(InputStream archive) throws IOException {
    byte[] bytes = new byte[BUFFER_BYTES];
    try (OutputStream to = process.getOutputStream()) {
      for (int read = archive.read(bytes); read >= 0; read = archive.read(bytes)) {
        if (!gave(to, bytes, read)) {
          return;
        }
      }
    }
  }

  private static boolean gave(OutputStream to, byte[] bytes, int count) {
    try {
      to.write(bytes, 0, count);
      to.flush();
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /// Waits for its end.
  ///
  /// @return what was wrong; empty: nothing
  String awaitEnd() throws InterruptedIOException {
    try {
      int code = process.waitFor();
      listening.join();
      String said = complaint.get();
      return code == 0 ? "" : said.isEmpty() ? "tar ended with " + code : said;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException end = new InterruptedIOException("it was not wanted any more");
      end.initCause(e);
      throw end;
    }
  }

  @Override
  public InputStream bytes() {
    return new FilterInputStream(process.getInputStream()) {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int read = super.read(into, offset, length);
        if (read < 0) {
          String problem = awaitEnd();
          if (!problem.isEmpty() && process.exitValue() != SOME_DIFFER) {
            throw new IOException(problem.lines().findFirst().orElse(problem));
          }
        }
        return read;
      }
    };
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
