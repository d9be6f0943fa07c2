package dev.berth.agent.image;

import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import java.io.IOException;
import java.time.Duration;

/// A source whose images are given up when nothing of them comes for a while: a connection whose
/// other end is gone without a word would be read from for ever.
public final class LiveSource implements ImageSource {
  // Long enough for a server that fetches it itself first.
  private static final Duration SILENCE_LIMIT = Duration.ofSeconds(60);

  private final ImageSource source;
  private final AgentClock clock;
  private final Threads threads;
  private final Duration limit;

  /// @param source whose content wakes up who reads from it when it is closed
  public LiveSource(ImageSource source, AgentClock clock, Threads threads) {
    this(source, clock, threads, SILENCE_LIMIT);
  }

  LiveSource(ImageSource source, AgentClock clock, Threads threads, Duration limit) {
    this.source = source;
    this.clock = clock;
    this.threads = threads;
    this.limit = limit;
  }

  @Override
  public Opened open(String url) throws IOException, InterruptedException {
    Opened opened = source.open(url);
    return new Opened(LiveBody.watched(opened.content(), limit, clock, threads), opened.bytes());
  }
}
