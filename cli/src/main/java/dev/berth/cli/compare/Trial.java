package dev.berth.cli.compare;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.InstanceWatch;
import dev.berth.cli.cluster.Listings;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.verb.BootTimeline;
import dev.berth.cli.verb.Settling;
import dev.berth.spec.Names;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.GetInstanceRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.StopWorkloadRequest;
import dev.berth.v1.UsageSample;
import dev.berth.v1.WatchUsageRequest;
import dev.berth.v1.Workload;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Starts a subject, measures it, and takes it away again.
final class Trial {
  private static final long CHECK_NANOS = Duration.ofMillis(200).toNanos();
  private static final long END_SECONDS = 120;
  private static final long USAGE_SECONDS = 60;

  private final Cluster cluster;
  private final String address;
  private final Duration load;
  private final Duration limit;
  private @Nullable Workload present;
  private boolean over;

  /// @param address of the node
  /// @param load how long it is asked as fast as it can answer; zero: not at all
  /// @param limit how long a start may take
  Trial(Cluster cluster, String address, Duration load, Duration limit) {
    this.cluster = cluster;
    this.address = address;
    this.load = load;
    this.limit = limit;
  }

  /// One round.
  ///
  /// @throws WebPort.HopelessException when it cannot be run there, or does not answer
  Round run(Subject subject) throws WebPort.HopelessException {
    long begun = System.nanoTime();
    Workload workload = create(subject);
    Duration accepted = Duration.ofNanos(System.nanoTime() - begun);
    try {
      return measure(workload, begun, accepted);
    } finally {
      remove();
    }
  }

  private synchronized Workload create(Subject subject) throws WebPort.HopelessException {
    if (over) {
      throw new WebPort.HopelessException("interrupted");
    }
    String name =
        String.format(
            Locale.ROOT,
            "compare-%s-%06x",
            subject.name(),
            ThreadLocalRandom.current().nextInt(1 << 24));
    Workload workload =
        cluster
            .workloads()
            .createWorkload(
                CreateWorkloadRequest.newBuilder()
                    .setWorkload(
                        Workload.newBuilder()
                            .setNamespace(cluster.namespace())
                            .setName(name)
                            .setSpec(subject.spec()))
                    .setRequestId(UUID.randomUUID().toString())
                    .build());
    present = workload;
    return workload;
  }

  private Round measure(Workload workload, long begun, Duration accepted)
      throws WebPort.HopelessException {
    int port = running(workload).getPorts(0).getHostPort();
    try (WebPort web = new WebPort(address, port)) {
      long[] looked = {System.nanoTime()};
      long answered =
          web.awaitAnswer(
              limit,
              () -> {
                if (System.nanoTime() - looked[0] > CHECK_NANOS) {
                  looked[0] = System.nanoTime();
                  requireAlive(instance(workload));
                }
              });
      Duration took = Duration.ofNanos(answered - begun);
      Optional<Load> asked = load.isZero() ? Optional.empty() : Optional.of(web.load(load));
      UsageSample usage = usage(workload);
      List<Round.Phase> phases = phases(instance(workload), accepted, took);
      return new Round(phases, took, usage, asked, stop(workload));
    }
  }

  /// Waits until it runs. Asked before, a container's port would take longer to answer: the first
  /// question finds nobody on the bridge, and the kernel looks again only after a second.
  private Instance running(Workload workload) throws WebPort.HopelessException {
    AtomicReference<Instance> latest = new AtomicReference<>(Instance.getDefaultInstance());
    boolean settled =
        new InstanceWatch(cluster, target(workload))
            .until(
                limit,
                state -> {
                  state.values().forEach(latest::set);
                  return runs(latest.get()) || isHopeless(latest.get());
                });
    Instance instance = latest.get();
    if (!settled) {
      throw new WebPort.HopelessException(
          "it did not run within " + limit.toSeconds() + " s" + status(instance));
    }
    requireAlive(instance);
    return instance;
  }

  private Instance instance(Workload workload) {
    return cluster
        .instances()
        .getInstance(
            GetInstanceRequest.newBuilder()
                .setNamespace(cluster.namespace())
                .setInstance(Names.slotName(workload.getName(), 1))
                .build());
  }

  private static void requireAlive(Instance instance) throws WebPort.HopelessException {
    if (isHopeless(instance)) {
      throw new WebPort.HopelessException("it does not run" + status(instance));
    }
  }

  private static boolean runs(Instance instance) {
    return instance.getStatus().getState() == InstanceState.INSTANCE_STATE_RUNNING;
  }

  /// Whether it has ended, or there is no place for it.
  private static boolean isHopeless(Instance instance) {
    InstanceStatus status = instance.getStatus();
    return Listings.isFinal(instance)
        || (status.getState() == InstanceState.INSTANCE_STATE_PENDING
            && !status.getReason().isEmpty());
  }

  private static String status(Instance instance) {
    InstanceStatus status = instance.getStatus();
    return status.getReason().isEmpty()
        ? ""
        : ": " + status.getReason() + ": " + status.getMessage();
  }

  /// The phases that the cluster saw, from the request on: placing is a part of accepting it.
  private static List<Round.Phase> phases(Instance instance, Duration accepted, Duration answered) {
    BootTimeline timeline = BootTimeline.of(instance);
    List<Round.Phase> phases = new ArrayList<>();
    for (BootPhase phase : timeline.phases()) {
      Duration since = accepted.plus(timeline.since(phase));
      // The answer is what says that the program is ready: a machine's login may come before or
      // after it.
      if (phase.getPhase() != BootPhaseKind.BOOT_PHASE_KIND_READY
          && since.compareTo(answered) < 0) {
        phases.add(new Round.Phase(BootTimeline.name(phase.getPhase()), since));
      }
    }
    return phases;
  }

  private UsageSample usage(Workload workload) {
    try {
      Iterator<UsageSample> samples =
          cluster
              .instanceStreams()
              .withDeadlineAfter(USAGE_SECONDS, TimeUnit.SECONDS)
              .watchUsage(
                  WatchUsageRequest.newBuilder()
                      .setNamespace(cluster.namespace())
                      .setInstance(Names.slotName(workload.getName(), 1))
                      .setOnce(true)
                      .build());
      return samples.hasNext() ? samples.next() : UsageSample.getDefaultInstance();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.FAILED_PRECONDITION) {
        return UsageSample.getDefaultInstance(); // nobody measures it
      }
      throw e;
    }
  }

  private Duration stop(Workload workload) {
    long begun = System.nanoTime();
    var _ =
        cluster
            .workloads()
            .stopWorkload(
                StopWorkloadRequest.newBuilder()
                    .setNamespace(workload.getNamespace())
                    .setName(workload.getName())
                    .build());
    new Settling(cluster, target(workload)).awaitStopped(END_SECONDS);
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  /// Lets no round begin any more, and takes away what is there of this one.
  synchronized void end() {
    over = true;
    remove();
  }

  private synchronized void remove() {
    Workload workload = present;
    if (workload == null) {
      return;
    }
    present = null;
    var _ =
        cluster
            .workloads()
            .deleteWorkload(
                DeleteWorkloadRequest.newBuilder()
                    .setNamespace(workload.getNamespace())
                    .setName(workload.getName())
                    .setForce(true)
                    .build());
    new Settling(cluster, target(workload)).awaitGone(workload.getUid(), END_SECONDS);
  }

  private static Target target(Workload workload) {
    return new Target(workload.getName(), List.of());
  }
}
