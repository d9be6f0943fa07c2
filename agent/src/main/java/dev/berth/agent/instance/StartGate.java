package dev.berth.agent.instance;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/// Bounds how many instances of one driver are being started at a time.
public final class StartGate {
  private final Semaphore permits;

  /// @param limit from 1
  public StartGate(int limit) {
    permits = new Semaphore(limit, true);
  }

  /// Waits for a place.
  Place enter() throws InterruptedException {
    permits.acquire();
    return new Place();
  }

  /// A place that is given back once, by whoever is first: an instance that fetches its image does
  /// not keep others from starting.
  final class Place {
    private final AtomicBoolean left = new AtomicBoolean();

    private Place() {}

    void leave() {
      if (left.compareAndSet(false, true)) {
        permits.release();
      }
    }
  }
}
