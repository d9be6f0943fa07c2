package dev.berth.simulation.net;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/// One direction of a connection: what is sent arrives in order, or not at all.
///
/// @param <M> what is sent
final class Wire<M> {
  private final Network network;
  private final String from;
  private final String to;
  private final Consumer<M> sink;
  private final Deque<M> waiting = new ArrayDeque<>();
  private long lastArrival;
  private boolean cut;

  Wire(Network network, String from, String to, Consumer<M> sink) {
    this.network = network;
    this.from = from;
    this.to = to;
    this.sink = sink;
  }

  void send(M message) {
    if (!cut) {
      arriveLater(message);
    }
  }

  /// What is under way is lost.
  void cut() {
    cut = true;
    waiting.clear();
  }

  private void arriveLater(M message) {
    long now = network.kernel().now();
    lastArrival = Math.max(lastArrival + 1, now + network.latency());
    network.kernel().after(lastArrival - now, () -> arrive(message));
  }

  private void arrive(M message) {
    if (cut) {
      return;
    }
    if (!waiting.isEmpty()) {
      waiting.add(message);
    } else if (network.passes(from, to)) {
      sink.accept(message);
    } else {
      waiting.add(message);
      network.wait(this);
    }
  }

  void tryAgain() {
    if (cut || waiting.isEmpty()) {
      return;
    }
    if (!network.passes(from, to)) {
      network.wait(this);
      return;
    }
    Deque<M> all = new ArrayDeque<>(waiting);
    waiting.clear();
    all.forEach(this::arriveLater);
  }
}
