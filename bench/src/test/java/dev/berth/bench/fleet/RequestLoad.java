package dev.berth.bench.fleet;

import dev.berth.e2e.harness.Api;
import dev.berth.e2e.harness.ControllerProcess;
import dev.berth.v1.ScaleWorkloadRequest;
import dev.berth.v1.StopWorkloadRequest;
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
  private final int sizes;
  private int next;
  private int asked;

  /// What became of requests.
  ///
  /// @param answered carried out
  /// @param refused by the controller, as too much
  /// @param unanswered not answered in time, or given up with its connection, which a machine that
  ///     is this busy may not serve in time
  /// @param held not even sent: as many were under way as the connections take
  /// @param unexpected refused for another reason, how often each
  record Counts(
      long answered, long refused, long unanswered, long held, Map<String, Long> unexpected) {}

  private RequestLoad(ControllerProcess controller, int sizes) {
    this.sizes = sizes;
    for (int i = 0; i < CONNECTIONS; i++) {
      users.add(Api.admin(controller));
    }
    var _ = users.getFirst().workloads().createWorkload(FleetFixture.service("load", 1));
  }

  /// Requests that are decided and change nothing.
  static RequestLoad ofNothingNew(ControllerProcess controller) {
    return new RequestLoad(controller, 1);
  }

  /// Requests of which most are written down, and no agent has to do anything about them.
  static RequestLoad ofWrites(ControllerProcess controller) {
    RequestLoad load = new RequestLoad(controller, 1_000);
    var _ =
        load.users
            .getFirst()
            .workloads()
            .stopWorkload(StopWorkloadRequest.newBuilder().setName("load").build());
    return load;
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
  ///
  /// @param then is run after the last question, before its answer is awaited
  Counts offer(double perSecond, Duration time, Runnable then) {
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
    then.run();
    rooms.forEach(room -> room.acquireUninterruptibly(UNDER_WAY_MAX));
    return new Counts(
        tally.answered.get(),
        tally.refused.get(),
        tally.unanswered.get(),
        held,
        Map.copyOf(tally.unexpected));
  }

  private void ask(Api user, Tally tally, Semaphore room) {
    asked++;
    WorkloadServiceGrpc.newStub(user.channel())
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .scaleWorkload(
            ScaleWorkloadRequest.newBuilder()
                .setName("load")
                .setReplicas(1 + asked % sizes)
                .build(),
            new Answer(tally, room));
  }

  private static final class Tally {
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong unanswered = new AtomicLong();
    private final Map<String, Long> unexpected = new ConcurrentHashMap<>();
  }

  private record Answer(Tally tally, Semaphore room) implements StreamObserver<Workload> {
    @Override
    public void onNext(Workload workload) {
      tally.answered.incrementAndGet();
    }

    @Override
    public void onError(Throwable cause) {
      Status status = Status.fromThrowable(cause);
      switch (status.getCode()) {
        case RESOURCE_EXHAUSTED -> tally.refused.incrementAndGet();
        case DEADLINE_EXCEEDED, UNAVAILABLE -> tally.unanswered.incrementAndGet();
        default -> tally.unexpected.merge(status.toString(), 1L, Long::sum);
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
