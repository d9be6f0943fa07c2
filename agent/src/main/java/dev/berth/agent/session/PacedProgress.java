package dev.berth.agent.session;

import dev.berth.agent.port.AgentClock;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.ImportProgress;
import dev.berth.v1.PullProgress;

/// Says how far something is, a few times a second at most, and only while the other end keeps up.
final class PacedProgress {
  private static final long EVERY_MILLIS = 250;

  private final AttachedStream stream;
  private final AgentClock clock;
  private long nextMillis;

  PacedProgress(AttachedStream stream, AgentClock clock) {
    this.stream = stream;
    this.clock = clock;
  }

  void say(PullProgress progress) {
    say(progress.getCurrentBytes(), progress.getTotalBytes());
  }

  /// @param total 0: not known
  void say(long bytes, long total) {
    long now = clock.millis();
    if (now >= nextMillis) {
      nextMillis = now + EVERY_MILLIS;
      stream.offer(
          AttachStreamRequest.newBuilder()
              .setImageProgress(
                  ImportProgress.newBuilder().setCurrentBytes(bytes).setTotalBytes(total))
              .build());
    }
  }
}
