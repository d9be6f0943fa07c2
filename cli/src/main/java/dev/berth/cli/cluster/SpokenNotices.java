package dev.berth.cli.cluster;

import dev.berth.cli.term.Terminal;
import dev.berth.client.ConnectionNotices;
import dev.berth.spec.Printable;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/// Tells on stderr, once each, that the cluster needs patience or that an answer is old.
final class SpokenNotices implements ConnectionNotices {
  private final Terminal terminal;
  private final AtomicBoolean waited = new AtomicBoolean();
  private final AtomicBoolean aged = new AtomicBoolean();

  SpokenNotices(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void waiting(String reason) {
    if (waited.compareAndSet(false, true)) {
      say("no controller can serve now, trying on: " + Printable.escape(reason));
    }
  }

  @Override
  public void stale(Duration age) {
    if (aged.compareAndSet(false, true)) {
      String text = age.toSeconds() < 1 ? age.toMillis() + " ms" : age.toSeconds() + " s";
      say("no controller leads; this is the state of " + text + " ago");
    }
  }

  private void say(String text) {
    synchronized (terminal) {
      terminal.err().append("berth: ").append(text).append('\n').flush();
    }
  }
}
