package dev.berth.cli.console;

import com.google.protobuf.ByteString;
import dev.berth.cli.term.Terminal;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// This process's input and outputs, connected to a program elsewhere until its output ends.
final class TerminalSession {
  private static final int PIECE_BYTES = 32 << 10;

  private final Terminal terminal;
  private final Remote remote;
  private final DetachKeys keys;
  private final AtomicBoolean left = new AtomicBoolean();
  private Duration patience = Duration.ZERO;
  private Runnable whenSilent = () -> {};

  /// @param keys leave it, where keys are typed
  TerminalSession(Terminal terminal, Remote remote, DetachKeys keys) {
    this.terminal = terminal;
    this.remote = remote;
    this.keys = keys;
  }

  /// What to do when a terminal that takes keys shows nothing for so long.
  TerminalSession whenSilent(Duration limit, Runnable action) {
    patience = limit;
    whenSilent = action;
    return this;
  }

  /// Copies until the output ends.
  ///
  /// @param input whether there is input for it
  /// @param raw whether the other end is a terminal: then this one hands on each key, and shows
  ///     what comes as it is
  /// @return false when the user left it running
  boolean run(boolean input, boolean raw) throws InterruptedException {
    boolean keyed = raw && input && terminal.inIsTerminal();
    if (!keyed) {
      if (input) {
        startInput(false);
      }
      copyOutput();
      return true;
    }
    Stty stty = Stty.ofProcess();
    WindowSize window = new WindowSize(stty);
    RawTerminal own = RawTerminal.enter(stty);
    try {
      window.onChange(remote::resize);
      // It may have changed since it was asked for first.
      window.now().ifPresent(remote::resize);
      startInput(true);
      if (patience.isPositive() && !remote.awaitOutput(patience)) {
        whenSilent.run();
      }
      copyOutput();
    } finally {
      own.close();
    }
    return !left.get();
  }

  private void copyOutput() throws InterruptedException {
    for (Optional<Remote.Output> next = remote.output(); next.isPresent(); next = remote.output()) {
      byte[] bytes = next.get().bytes().toByteArray();
      PrintStream to = next.get().error() ? terminal.err() : terminal.out();
      to.write(bytes, 0, bytes.length);
      to.flush();
      if (!next.get().error()) {
        terminal.flush();
      }
    }
  }

  /// On a thread of its own: a read of stdin cannot be ended, and is left behind.
  private void startInput(boolean keyed) {
    Thread.ofPlatform()
        .daemon()
        .name("terminal-input")
        .start(
            () -> {
              try {
                copyInput(keyed);
              } catch (IOException _) {
                remote.endInput();
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private void copyInput(boolean keyed) throws IOException, InterruptedException {
    byte[] bytes = new byte[PIECE_BYTES];
    for (int count = terminal.in().read(bytes); count >= 0; count = terminal.in().read(bytes)) {
      DetachKeys.Typed typed =
          keyed
              ? keys.type(bytes, count)
              : new DetachKeys.Typed(ByteString.copyFrom(bytes, 0, count), false);
      if (!typed.bytes().isEmpty() && !send(typed.bytes())) {
        return;
      }
      if (typed.left()) {
        left.set(true);
        remote.leave();
        return;
      }
    }
    remote.endInput();
  }

  /// Keys that were held back may make it a little longer than a piece.
  private boolean send(ByteString bytes) throws InterruptedException {
    for (int from = 0; from < bytes.size(); from += PIECE_BYTES) {
      if (!remote.input(bytes.substring(from, Math.min(from + PIECE_BYTES, bytes.size())))) {
        return false;
      }
    }
    return true;
  }
}
