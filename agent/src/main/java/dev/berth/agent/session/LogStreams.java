package dev.berth.agent.session;

import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import dev.berth.v1.OpenStream;
import io.grpc.Channel;
import io.grpc.Status;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves the output of instances on streams that a controller asked for, each on a thread of its
/// own, as fast as the reader at the other end takes it.
public final class LogStreams implements ControllerSession.StreamServer {
  private static final Logger LOG = LoggerFactory.getLogger(LogStreams.class);
  private static final int STREAMS_MAX = 64;

  private final LogAccess logs;
  private final Threads threads;
  private final AgentClock clock;
  private final Semaphore places = new Semaphore(STREAMS_MAX);

  /// @param logs where the output is
  /// @param threads serve the streams
  public LogStreams(LogAccess logs, Threads threads, AgentClock clock) {
    this.logs = logs;
    this.threads = threads;
    this.clock = clock;
  }

  @Override
  public void serve(OpenStream request, Channel channel) {
    threads.start(() -> attach(request, channel), "stream");
  }

  private void attach(OpenStream request, Channel channel) {
    AttachedStream stream = AttachedStream.open(channel, request.getStreamId(), clock);
    if (!request.hasLogs()) {
      stream.fail(Status.Code.UNIMPLEMENTED, "this agent is too old for such a stream; update it");
      return;
    }
    if (!places.tryAcquire()) {
      stream.fail(
          Status.Code.RESOURCE_EXHAUSTED,
          "this node serves " + STREAMS_MAX + " streams already; end some and try again");
      return;
    }
    try {
      new LogPump(logs, request.getLogs(), stream, clock).run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("stream of instance {}: ", request.getLogs().getInstanceId(), e);
      stream.fail(Status.Code.INTERNAL, "the agent made a mistake; see its log");
    } finally {
      places.release();
    }
  }
}
