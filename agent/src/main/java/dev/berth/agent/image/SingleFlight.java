package dev.berth.agent.image;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Lets one of several that want the same fetch it; the others wait and get what it got. When it
/// fails, the next one tries.
public final class SingleFlight {
  private final ConcurrentMap<String, Flight> flights = new ConcurrentHashMap<>();

  /// What is done once.
  public interface Fetch {
    StoredImage get() throws ImageException, InterruptedException;
  }

  private static final class Flight {
    final ReentrantLock lock = new ReentrantLock();
    int passengers;
    @Nullable StoredImage landed;
  }

  /// Fetches, or waits for what another one gets.
  ///
  /// @param key the same for those that want the same
  public StoredImage join(String key, Fetch fetch) throws ImageException, InterruptedException {
    Flight flight =
        flights.compute(
            key,
            (_, there) -> {
              Flight joined = there == null ? new Flight() : there;
              joined.passengers++;
              return joined;
            });
    try {
      flight.lock.lockInterruptibly();
      try {
        StoredImage landed = flight.landed;
        if (landed == null) {
          landed = fetch.get();
          flight.landed = landed;
        }
        return landed;
      } finally {
        flight.lock.unlock();
      }
    } finally {
      flights.computeIfPresent(key, (_, left) -> --left.passengers == 0 ? null : left);
    }
  }
}
