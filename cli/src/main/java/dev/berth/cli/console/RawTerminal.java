package dev.berth.cli.console;

import java.util.concurrent.atomic.AtomicBoolean;

/// A terminal that gives every key as it is pressed, and shows what is written as it is. It becomes
/// as it was when this is closed, and also when a signal ends the process.
final class RawTerminal implements AutoCloseable {
  private final Stty stty;
  private final String before;
  private final Thread hook = new Thread(this::restore, "restore-terminal");
  private final AtomicBoolean restored = new AtomicBoolean();

  private RawTerminal(Stty stty, String before) {
    this.stty = stty;
    this.before = before;
  }

  /// Changes the terminal.
  ///
  /// @throws dev.berth.cli.term.FailureException when it cannot be changed
  static RawTerminal enter(Stty stty) {
    RawTerminal terminal = new RawTerminal(stty, stty.run("-g"));
    Runtime.getRuntime().addShutdownHook(terminal.hook);
    boolean raw = false;
    try {
      var _ = stty.run("raw", "-echo");
      raw = true;
    } finally {
      if (!raw) {
        terminal.close();
      }
    }
    return terminal;
  }

  private void restore() {
    if (restored.compareAndSet(false, true)) {
      var _ = stty.run(before);
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // The process is ending; whoever comes first restores it.
    }
    restore();
  }
}
