package dev.berth.cli.term;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Where a command reads and writes: data goes to `out`, progress and messages to `err`.
///
/// @param in what was piped in
/// @param out data; buffered, so it must be flushed when something is shown while it happens
/// @param err progress and messages
/// @param outIsTerminal true when a person reads `out` as it comes
/// @param errIsTerminal true when a person reads `err` as it comes
/// @param environment variables of the environment
public record Terminal(
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean outIsTerminal,
    boolean errIsTerminal,
    Map<String, String> environment) {
  private static final int IN = 0;
  private static final int OUT = 1;
  private static final int ERR = 2;
  private static final int BUFFER_BYTES = 8_192;

  /// The terminal, files or pipes that this process was started with. Text is UTF-8.
  public static Terminal ofProcess() {
    OutputStream out = new GuardedOutput(new FileOutputStream(FileDescriptor.out));
    OutputStream err = new FileOutputStream(FileDescriptor.err);
    return new Terminal(
        new FileInputStream(FileDescriptor.in),
        new PrintStream(new BufferedOutputStream(out, BUFFER_BYTES), false, StandardCharsets.UTF_8),
        new PrintStream(new BufferedOutputStream(err, BUFFER_BYTES), true, StandardCharsets.UTF_8),
        isTerminal(OUT),
        isTerminal(ERR),
        System.getenv());
  }

  /// True when a person types what `in` gives.
  public boolean inIsTerminal() {
    return in instanceof FileInputStream && isTerminal(IN);
  }

  /// True when colours may be written to `out`: a terminal, without `NO_COLOR`.
  public boolean coloured() {
    return outIsTerminal
        && environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !environment.getOrDefault("TERM", "").equals("dumb");
  }

  /// True when `BERTH_DEBUG` is set: failures come with their stack traces.
  public boolean debugging() {
    return !environment.getOrDefault("BERTH_DEBUG", "").isEmpty();
  }

  /// Characters in a line of `out`; very many when it is no terminal, since files and pipes have
  /// no width.
  public int columns() {
    return outIsTerminal ? TerminalWidth.of(environment) : Integer.MAX_VALUE;
  }

  /// The same of `err`.
  public int errColumns() {
    return errIsTerminal ? TerminalWidth.of(environment) : Integer.MAX_VALUE;
  }

  /// Writes one line of progress or a message.
  public void say(String line) {
    err.append(line).append('\n').flush();
  }

  /// Writes what is buffered for `out`.
  ///
  /// @throws ClosedPipeException when the reader is gone
  public void flush() {
    if (out.checkError()) {
      throw new ClosedPipeException();
    }
  }

  private static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException _) {
      return false;
    }
  }
}
