package dev.berth.agent.image;

import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import dev.berth.agent.port.WakeUp;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Content that is closed, and thereby given up, when a read has waited for too long.
final class LiveBody extends FilterInputStream {
  private static final int LOOKS = 4;
  private static final long NOT_WAITING = Long.MAX_VALUE;

  private final Duration limit;
  private final AgentClock clock;
  private final WakeUp closed;
  private volatile long waitingSince = NOT_WAITING;
  private volatile boolean silent;

  private LiveBody(InputStream body, Duration limit, AgentClock clock) {
    super(body);
    this.limit = limit;
    this.clock = clock;
    this.closed = new WakeUp(clock);
  }

  /// Watched by a thread until it is closed.
  static InputStream watched(InputStream body, Duration limit, AgentClock clock, Threads threads) {
    LiveBody live = new LiveBody(body, limit, clock);
    threads.start(live::watch, "image-silence");
    return live;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    waitingSince = clock.millis();
    try {
      int read = super.read(into, offset, length);
      if (read < 0 && silent) {
        throw silence(null);
      }
      return read;
    } catch (IOException e) {
      throw silent ? silence(e) : e;
    } finally {
      waitingSince = NOT_WAITING;
    }
  }

  private IOException silence(@Nullable IOException cause) {
    return new IOException("nothing more of it came for " + limit.toSeconds() + " s", cause);
  }

  private void watch() {
    try {
      while (!closed.awaitUntil(clock.millis() + limit.toMillis() / LOOKS)) {
        long since = waitingSince;
        if (since != NOT_WAITING && clock.millis() - since > limit.toMillis()) {
          silent = true;
          super.close();
          return;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (IOException _) {
      // Who reads is told by the read.
    }
  }

  @Override
  public void close() throws IOException {
    closed.call();
    super.close();
  }
}
