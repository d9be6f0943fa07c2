package dev.berth.cli.console;

import dev.berth.cli.term.OsSignal;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Signals;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Hands on the signals that this process gets to a program elsewhere, as docker does, until it is
/// closed: they do nothing here meanwhile. Only a person at a terminal is not held by a program
/// that ignores them: the third INT ends this command, too, and so does HUP, after which there is
/// no terminal.
public final class SignalProxy implements AutoCloseable {
  /// What people and supervisors send. QUIT and USR2 are the JVM's own.
  private static final List<String> SIGNALS = List.of("HUP", "INT", "TERM", "USR1");

  private static final int MOST_INTERRUPTS = 3;
  private static final int SIGNALLED = 128;

  private final List<OsSignal> taken = new ArrayList<>();
  private final AtomicInteger interrupts = new AtomicInteger();

  private SignalProxy() {}

  /// Hands on none.
  public static SignalProxy none() {
    return new SignalProxy();
  }

  /// Hands on from now on.
  ///
  /// @param terminal of the user
  /// @param send sends one, "INT"; called by several threads
  public static SignalProxy to(Terminal terminal, Consumer<String> send) {
    SignalProxy proxy = new SignalProxy();
    for (String name : SIGNALS) {
      Runnable handOn =
          () -> {
            send.accept(name);
            if (terminal.inIsTerminal()) {
              proxy.release(terminal, name);
            }
          };
      OsSignal.on(name, handOn).ifPresent(proxy.taken::add);
    }
    return proxy;
  }

  private void release(Terminal terminal, String name) {
    int count = name.equals("INT") ? interrupts.incrementAndGet() : 0;
    if (count == MOST_INTERRUPTS || name.equals("HUP")) {
      System.exit(SIGNALLED + Signals.number(name));
    }
    if (count == MOST_INTERRUPTS - 1) {
      terminal.say("\nberth: Ctrl-C once more ends this command, too");
    }
  }

  @Override
  public void close() {
    taken.forEach(OsSignal::close);
  }
}
