package dev.berth.agent.port;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The clocks of this host.
final class HostClock implements AgentClock {
  // In seconds with two decimals; counts suspended time, unlike System.nanoTime.
  private static final Path UPTIME = Path.of("/proc/uptime");

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public long bootMillis() {
    try {
      String text = Files.readString(UPTIME, StandardCharsets.US_ASCII);
      int point = text.indexOf('.');
      return Long.parseLong(text, 0, point, 10) * 1000
          + Long.parseLong(text, point + 1, point + 3, 10) * 10;
    } catch (IOException e) {
      throw new UncheckedIOException(UPTIME + ": cannot be read; mount /proc", e);
    }
  }

  @Override
  public Instant wall() {
    return Instant.now();
  }

  @Override
  @SuppressWarnings("WaitNotInLoop") // the loop is the caller's, who knows what it waits for
  public void awaitUntil(ReentrantLock lock, Condition changed, long untilMillis)
      throws InterruptedException {
    long left = untilMillis - millis();
    if (left > 0) {
      boolean _ = changed.await(left, TimeUnit.MILLISECONDS);
    }
  }
}
