package dev.berth.simulation.etcd;

import dev.berth.simulation.kernel.Kernel;
import dev.berth.simulation.kernel.SimulatedProcess;
import dev.berth.simulation.kernel.Timer;
import dev.berth.simulation.kernel.VirtualFuture;
import io.grpc.Status;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A cluster of etcd on the network: requests take time to arrive, to become durable and to be
/// answered; some are lost on the way, and some after they were applied.
public final class SimulatedEtcd {
  private static final long MILLI = 1_000_000L;
  private static final long WAY_NANOS = 300_000;
  private static final long FSYNC_NANOS = 2 * MILLI;
  private static final long EXPIRY_NANOS = 500 * MILLI;

  private final Kernel kernel;
  private final EtcdModel model;
  private final EtcdFaults faults = new EtcdFaults();
  private final RandomGenerator random;
  private @Nullable Timer expiry;
  private long applyingEpoch;

  /// An empty cluster.
  public SimulatedEtcd(Kernel kernel) {
    this.kernel = kernel;
    this.model = new EtcdModel(kernel::now);
    this.random = kernel.random("etcd");
  }

  /// What it holds.
  public EtcdModel model() {
    return model;
  }

  /// What is wrong with it.
  public EtcdFaults faults() {
    return faults;
  }

  /// The epoch of the leader whose commit is being applied; 0: it is no commit.
  public long applyingEpoch() {
    return applyingEpoch;
  }

  /// The quorum is lost.
  public void loseQuorum() {
    faults.setQuorumLost(true);
  }

  /// The quorum is back, with another leader: every lease begins anew.
  public void regainQuorum() {
    faults.setQuorumLost(false);
    changeLeader();
  }

  /// Another member leads.
  public void changeLeader() {
    model.changeLeader();
    planExpiry();
  }

  /// Sends a request that reads.
  <T> VirtualFuture<T> read(SimulatedProcess client, Supplier<T> request) {
    return send(client, false, 0, request);
  }

  /// Sends a request that writes.
  ///
  /// @param epoch of the leader that commits; 0: it is no commit
  /// @param request is applied when it arrives
  <T> VirtualFuture<T> write(SimulatedProcess client, long epoch, Supplier<T> request) {
    return send(client, true, epoch, request);
  }

  private <T> VirtualFuture<T> send(
      SimulatedProcess client, boolean writes, long epoch, Supplier<T> request) {
    VirtualFuture<T> answer = new VirtualFuture<>(client);
    boolean lost = random.nextDouble() < faults.requestLoss();
    kernel.after(
        way(),
        () -> {
          if (!lost && !isDeafTo(client)) {
            applyingEpoch = epoch;
            arrive(client, writes, request, answer);
            applyingEpoch = 0;
          }
        });
    return answer;
  }

  private boolean isDeafTo(SimulatedProcess client) {
    return faults.quorumLost() || faults.isCutOff(client.name());
  }

  private <T> void arrive(
      SimulatedProcess client, boolean writes, Supplier<T> request, VirtualFuture<T> answer) {
    @Nullable T result = null;
    @Nullable Throwable problem = null;
    try {
      result = request.get();
    } catch (EtcdRefusedException e) {
      problem = Status.fromCode(e.code()).withDescription(e.getMessage()).asRuntimeException();
    }
    planExpiry();
    if (random.nextDouble() < faults.answerLoss()) {
      return;
    }
    long sync = faults.slowNanos() + (writes ? FSYNC_NANOS / 2 + random.nextLong(FSYNC_NANOS) : 0);
    @Nullable T value = result;
    @Nullable Throwable failure = problem;
    kernel.after(
        sync + way(),
        () -> {
          if (!isDeafTo(client)) {
            client.execute(() -> complete(answer, value, failure));
          }
        });
  }

  private static <T> void complete(
      VirtualFuture<T> answer, @Nullable T value, @Nullable Throwable failure) {
    if (value != null) {
      answer.complete(value);
    } else if (failure != null) {
      answer.completeExceptionally(failure);
    }
  }

  private long way() {
    return WAY_NANOS / 2 + random.nextLong(WAY_NANOS);
  }

  private void planExpiry() {
    Timer before = expiry;
    if (before != null) {
      before.cancel();
    }
    Long next = model.nextExpiry();
    expiry =
        next == null
            ? null
            : kernel.after(next - kernel.now() + 1 + random.nextLong(EXPIRY_NANOS), this::expire);
  }

  private void expire() {
    if (!faults.quorumLost()) {
      model.expire();
      planExpiry();
    }
  }
}
