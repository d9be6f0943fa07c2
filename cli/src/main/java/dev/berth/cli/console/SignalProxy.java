package dev.berth.cli.console;

import dev.berth.cli.term.OsSignal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Hands on the signals that this process gets to a program elsewhere, as docker does, until it is
/// closed: they do nothing here meanwhile.
public final class SignalProxy implements AutoCloseable {
  /// What people and supervisors send. QUIT and USR2 are the JVM's own.
  private static final List<String> SIGNALS = List.of("HUP", "INT", "TERM", "USR1");

  private final List<OsSignal> taken = new ArrayList<>();

  private SignalProxy() {}

  /// Hands on none.
  public static SignalProxy none() {
    return new SignalProxy();
  }

  /// Hands on from now on.
  ///
  /// @param send sends one, "INT"; called by several threads
  public static SignalProxy to(Consumer<String> send) {
    SignalProxy proxy = new SignalProxy();
    for (String name : SIGNALS) {
      OsSignal.on(name, () -> send.accept(name)).ifPresent(proxy.taken::add);
    }
    return proxy;
  }

  @Override
  public void close() {
    taken.forEach(OsSignal::close);
  }
}
