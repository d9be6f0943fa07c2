package dev.berth.bench.fleet;

import dev.berth.e2e.harness.Api;
import dev.berth.e2e.harness.ControllerProcess;
import dev.berth.v1.ScaleWorkloadRequest;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Changes that users ask for, over several connections.
final class RequestLoad implements AutoCloseable {
  private static final int CONNECTIONS = 24;
  private static final int AT_A_TIME = 64;
  private static final long PATIENCE_SECONDS = 20;

  // On a connection: a little less than a controller takes. What is beyond would wait here, in the
  // process of the agents, and take their memory and their time.
  private static final int UNDER_WAY_MAX = 900;

  private final List<Api> users = new ArrayList<>();
  private int next;

  /// What became of requests.
  ///
  /// @param answered carried out
  /// @param shed refused as too much, not answered in time, or given up with its connection, which
  ///     a machine that is this busy may not serve in time: each of them says "repeat it"
  /// @param held not even sent: as many were under way as the connections take
  /// @param unexpected refused for another reason, how often each
  record Counts(long answered, long shed, long held, Map<String, Long> unexpected) {}

  RequestLoad(ControllerProcess controller) {
    for (int i = 0; i < CONNECTIONS; i++) {
      users.add(Api.admin(controller));
    }
    var _ = users.getFirst().workloads().createWorkload(FleetFixture.service("load", 1));
  }

  /// Requests that are answered per second when never more than a few are under way.
  double measure(Duration time) {
    Tally tally = new Tally();
    Semaphore room = new Semaphore(AT_A_TIME);
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < time.toNanos()) {
      room.acquireUninterruptibly();
      next = (next + 1) % CONNECTIONS;
      ask(users.get(next), tally, room);
    }
    room.acquireUninterruptibly(AT_A_TIME);
    return tally.answered.get() * 1e9 / (System.nanoTime() - begun);
  }

  /// Asks so many times a second, however many are answered, as long as there is room.
  Counts offer(double perSecond, Duration time) {
    Tally tally = new Tally();
    List<Semaphore> rooms =
        Stream.generate(() -> new Semaphore(UNDER_WAY_MAX)).limit(CONNECTIONS).toList();
    long begun = System.nanoTime();
    long wanted = 0;
    long held = 0;
    while (System.nanoTime() - begun < time.toNanos()) {
      double due = (System.nanoTime() - begun) / 1e9 * perSecond;
      for (; wanted < due; wanted++) {
        next = (next + 1) % CONNECTIONS;
        if (rooms.get(next).tryAcquire()) {
          ask(users.get(next), tally, rooms.get(next));
        } else {
          held++;
        }
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    rooms.forEach(room -> room.acquireUninterruptibly(UNDER_WAY_MAX));
    return new Counts(tally.answered.get(), tally.shed.get(), held, Map.copyOf(tally.unexpected));
  }

  private static void ask(Api user, Tally tally, Semaphore room) {
    WorkloadServiceGrpc.newStub(user.channel())
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .scaleWorkload(
            ScaleWorkloadRequest.newBuilder().setName("load").setReplicas(1).build(),
            new Answer(tally, room));
  }

  private static final class Tally {
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong shed = new AtomicLong();
    private final Map<String, Long> unexpected = new ConcurrentHashMap<>();
  }

  private record Answer(Tally tally, Semaphore room) implements StreamObserver<Workload> {
    @Override
    public void onNext(Workload workload) {
      tally.answered.incrementAndGet();
    }

    @Override
    public void onError(Throwable cause) {
      Status.Code code = Status.fromThrowable(cause).getCode();
      boolean overload =
          code == Status.Code.RESOURCE_EXHAUSTED
              || code == Status.Code.DEADLINE_EXCEEDED
              || code == Status.Code.UNAVAILABLE;
      if (overload) {
        tally.shed.incrementAndGet();
      } else {
        tally.unexpected.merge(Status.fromThrowable(cause).toString(), 1L, Long::sum);
      }
      room.release();
    }

    @Override
    public void onCompleted() {
      room.release();
    }
  }

  @Override
  public void close() {
    users.forEach(Api::close);
  }
}
