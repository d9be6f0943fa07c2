package dev.berth.agent.session;

import com.google.protobuf.Timestamp;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.InstanceUsage;
import dev.berth.agent.driver.StatsCapable;
import dev.berth.agent.port.AgentClock;
import dev.berth.spec.Durations;
import dev.berth.v1.UsageSample;
import dev.berth.v1.UsageStreamRequest;
import io.grpc.Status;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/// Sends what one instance uses on one stream, again and again.
final class UsagePump {
  /// Looking at all files of an instance may cost more than all else together.
  private static final long STORAGE_MILLIS = 10_000;

  private final CapabilityAccess instances;
  private final UsageStreamRequest request;
  private final AttachedStream stream;
  private final AgentClock clock;
  private OptionalLong storage = OptionalLong.empty();
  private long storageMillis = Long.MIN_VALUE;

  UsagePump(
      CapabilityAccess instances,
      UsageStreamRequest request,
      AttachedStream stream,
      AgentClock clock) {
    this.instances = instances;
    this.request = request;
    this.stream = stream;
    this.clock = clock;
  }

  /// Returns when the instance does not run any more, or the other end has gone away.
  void run() throws InterruptedException {
    long interval = Durations.fromProto(request.getInterval()).toMillis();
    boolean sent = false;
    try {
      do {
        CapabilityAccess.Subject<StatsCapable> subject =
            instances.subject(
                request.getInstanceId(), StatsCapable.class, "does not measure what it runs");
        List<InstanceUsage> usage = subject.driver().stats(List.of(subject.handle()));
        if (usage.isEmpty()) {
          end(sent);
          return;
        }
        if (!stream.write(sample(usage.getFirst(), subject))) {
          return;
        }
        sent = true;
      } while (!request.getOnce() && stream.linger(interval));
      stream.complete();
    } catch (LogAccess.UnknownInstanceException e) {
      if (sent) {
        stream.complete();
      } else {
        stream.fail(Status.Code.NOT_FOUND, String.valueOf(e.getMessage()));
      }
    } catch (DriverException e) {
      stream.fail(e);
    }
  }

  private void end(boolean sent) {
    if (sent) {
      stream.complete();
    } else {
      stream.fail(
          Status.Code.FAILED_PRECONDITION,
          "it does not run, or its runtime does not say what it uses");
    }
  }

  private UsageSample sample(InstanceUsage usage, CapabilityAccess.Subject<StatsCapable> subject) {
    long now = clock.millis();
    if (storageMillis == Long.MIN_VALUE || now - storageMillis >= STORAGE_MILLIS) {
      storage = subject.driver().storageBytes(subject.handle());
      storageMillis = now;
    }
    Instant time = clock.wall().minus(usage.age());
    UsageSample.Builder sample =
        UsageSample.newBuilder()
            .setTime(
                Timestamp.newBuilder().setSeconds(time.getEpochSecond()).setNanos(time.getNano()));
    set(usage.cpuNanos(), sample::setCpuNanos);
    set(usage.memory().node(), sample::setMemoryBytes);
    set(usage.memory().guest(), sample::setGuestMemoryBytes);
    set(usage.memory().limit(), sample::setMemoryLimitBytes);
    set(usage.pids(), sample::setPids);
    set(usage.network().in(), sample::setNetworkReceivedBytes);
    set(usage.network().out(), sample::setNetworkSentBytes);
    set(usage.disk().in(), sample::setDiskReadBytes);
    set(usage.disk().out(), sample::setDiskWrittenBytes);
    set(storage, sample::setStorageBytes);
    return sample.build();
  }

  private static void set(OptionalLong value, LongConsumer to) {
    value.ifPresent(to);
  }
}
