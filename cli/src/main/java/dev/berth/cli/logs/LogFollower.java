package dev.berth.cli.logs;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.Refusals;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.LogChunk;
import dev.berth.v1.LogSource;
import dev.berth.v1.StreamLogsRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// Streams the output of instances, each in a thread of its own, and takes up new instances as they
/// appear. A stream that breaks while it is followed is opened again from where it broke.
public final class LogFollower {
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int RETRIES = 60;

  private final Cluster cluster;
  private final LogOutput output;
  private final LogOptions options;
  private final boolean prefixed;
  private final Set<String> known = new HashSet<>();
  private final List<Thread> streams = new ArrayList<>();
  private final AtomicBoolean failed = new AtomicBoolean();

  /// @param prefixed puts the slot before each line
  public LogFollower(Cluster cluster, LogOutput output, LogOptions options, boolean prefixed) {
    this.cluster = cluster;
    this.output = output;
    this.options = options;
    this.prefixed = prefixed;
  }

  /// Opens streams to instances that have output and were not seen before. Not safe for use by
  /// several threads.
  public void observe(Collection<Instance> instances) {
    LogOptions wanted = known.isEmpty() ? options : options.withoutTail();
    for (Instance instance : instances) {
      if (hasOutput(instance) && known.add(instance.getId())) {
        streams.add(
            Thread.ofVirtual()
                .name("logs-" + instance.getName())
                .start(() -> stream(instance, wanted)));
      }
    }
  }

  /// Waits until all streams have ended.
  ///
  /// @param limit how long at most
  public void awaitEnd(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    for (Thread stream : streams) {
      try {
        long left = Math.max(1, Duration.ofNanos(deadline - System.nanoTime()).toMillis());
        stream.join(Duration.ofMillis(left));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /// True when output is missing, which was said already.
  public boolean hasFailed() {
    return failed.get();
  }

  private void stream(Instance instance, LogOptions wanted) {
    InstanceOutput target = new InstanceOutput(output, instance.getName(), prefixed);
    StreamLogsRequest.Builder request =
        StreamLogsRequest.newBuilder()
            .setNamespace(instance.getNamespace())
            .setInstance(instance.getId())
            .setFollow(wanted.follow())
            .setTimestamps(wanted.timestamps());
    if (wanted.tail() != null) {
      request.setTailLines(wanted.tail());
    }
    if (wanted.until() != null) {
      request.setUntil(wanted.until());
    }
    if (wanted.since() != null) {
      request.setSince(wanted.since());
    }
    Heard heard = new Heard();
    for (int left = RETRIES; !output.isClosed(); left--) {
      try {
        copy(request.build(), target, heard);
        break;
      } catch (StatusRuntimeException e) {
        if (!isWorthAnotherTry(e, left)) {
          report(instance, e);
          break;
        }
        heard.goOn(request);
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
    target.finish();
  }

  /// How far the output was heard.
  private static final class Heard {
    private Instant time = Instant.now();
    private ByteString position = ByteString.EMPTY;

    void took(LogChunk chunk) {
      time = Instant.now();
      position = chunk.getPosition();
    }

    /// Asks for what follows; by the time here where nobody knows better.
    void goOn(StreamLogsRequest.Builder request) {
      request.clearTailLines();
      if (position.isEmpty()) {
        request.clearPosition().setSince(timestamp(time));
      } else {
        request.clearSince().setPosition(position);
      }
    }
  }

  private void copy(StreamLogsRequest request, InstanceOutput target, Heard heard) {
    Iterator<LogChunk> chunks = cluster.instanceStreams().streamLogs(request);
    while (chunks.hasNext() && !output.isClosed()) {
      LogChunk chunk = chunks.next();
      target.accept(
          chunk.getSource() == LogSource.LOG_SOURCE_STDERR, chunk.getData().toByteArray());
      heard.took(chunk);
    }
  }

  private boolean isWorthAnotherTry(StatusRuntimeException e, int left) {
    return options.follow() && left > 0 && e.getStatus().getCode() == Status.Code.UNAVAILABLE;
  }

  private void report(Instance instance, StatusRuntimeException e) {
    if (e.getStatus().getCode() != Status.Code.CANCELLED) {
      failed.set(true);
      output.complain("output of " + instance.getName(), Refusals.describe(e, cluster));
    }
  }

  private static boolean hasOutput(Instance instance) {
    InstanceState state = instance.getStatus().getState();
    return instance.getStatus().hasStartTime()
        || state == InstanceState.INSTANCE_STATE_RUNNING
        || state == InstanceState.INSTANCE_STATE_COMPLETE;
  }

  private static Timestamp timestamp(Instant moment) {
    return Timestamp.newBuilder()
        .setSeconds(moment.getEpochSecond())
        .setNanos(moment.getNano())
        .build();
  }
}
