package dev.berth.simulation.runtime;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.DriverReport;
import dev.berth.agent.driver.Labels;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.PrepareListener;
import dev.berth.agent.driver.ResizeCapable;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.driver.RuntimeListener;
import dev.berth.simulation.fault.Bugs;
import dev.berth.simulation.fault.PlantedBug;
import dev.berth.simulation.kernel.SimulatedProcess;
import dev.berth.simulation.kernel.Waiting;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Kind;
import dev.berth.v1.Resources;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// How one agent reaches the runtime of its host. Calls take a while, fail, and hang up to the
/// limit.
public final class SimulatedDriver implements RuntimeDriver, ResizeCapable {
  private static final long MILLI = 1_000_000L;
  private static final long LOOK_NANOS = 250 * MILLI;

  private final SimulatedRuntime runtime;
  private final SimulatedProcess agent;
  private final Executor threads;
  private final Owner owner;
  private final Bugs bugs;

  /// @param threads runs callbacks, each on a virtual thread of the agent's process
  public SimulatedDriver(
      SimulatedRuntime runtime, SimulatedProcess agent, Executor threads, Owner owner, Bugs bugs) {
    this.runtime = runtime;
    this.agent = agent;
    this.threads = threads;
    this.owner = owner;
    this.bugs = bugs;
  }

  @Override
  public String name() {
    return SimulatedRuntime.DRIVER;
  }

  @Override
  public Kind kind() {
    return Kind.KIND_CONTAINER;
  }

  @Override
  public DriverReport describe() {
    boolean available = !runtime.faults().isDown() && !runtime.faults().isHung();
    return new DriverReport(
        DriverDescription.newBuilder()
            .setName(name())
            .setKind(kind())
            .setAvailable(available)
            .setMessage(available ? "" : "the runtime does not answer")
            .addCapabilities("resize")
            .build(),
        List.of());
  }

  @Override
  public Observation prepare(AssignedInstance instance, PrepareListener listener)
      throws DriverException {
    String image = instance.getSpec().getContainer().getImage();
    return call(
        Behaviour.of(image).fetchNanos(),
        () -> {
          Container known = runtime.ofInstance(instance.getInstanceId());
          if (known != null && !bugs.has(PlantedBug.DOUBLE_START)) {
            return runtime.observe(known);
          }
          Container made = runtime.make(Labels.of(owner, instance), image);
          made.size(instance.getSpec().getResources());
          return runtime.observe(made);
        });
  }

  @Override
  public Observation start(RuntimeHandle handle) throws DriverException {
    Container container = runtime.find(handle.runtimeId());
    if (container == null) {
      throw DriverException.retryable("Vanished", "there is no such object", null);
    }
    return call(
        0,
        () -> {
          if (runtime.find(handle.runtimeId()) != null) {
            runtime.start(container);
          }
          return runtime.observe(container);
        });
  }

  @Override
  public Effect resize(RuntimeHandle handle, Resources resources) throws DriverException {
    Container container = runtime.find(handle.runtimeId());
    if (container == null) {
      throw DriverException.retryable("Vanished", "there is no such object", null);
    }
    return call(
        0,
        () -> {
          boolean has = container.size().equals(resources);
          container.size(resources);
          boolean now = has || !container.isLive() || runtime.random().nextInt(4) > 0;
          return now ? Effect.NOW : Effect.NEXT_START;
        });
  }

  @Override
  public Observation stop(RuntimeHandle handle, Duration grace) throws DriverException {
    Container container = runtime.find(handle.runtimeId());
    if (container == null) {
      return new Observation(handle, new RunState.Gone(), Map.of());
    }
    long takes =
        Behaviour.of(container.image()).isStubborn()
            ? grace.toNanos()
            : Math.min(grace.toNanos(), 200 * MILLI);
    return call(
        container.isLive() ? takes : 0,
        () -> {
          if (bugs.has(PlantedBug.STOP_ANSWERED_BUT_NOT_DONE)
              && container.state() instanceof RunState.Running(var started, _)) {
            return new Observation(
                handle,
                new RunState.Exited(143, false, started, agent.clock().wall(), ""),
                container.labels());
          }
          runtime.end(container, 143, false, true);
          return runtime.observe(container);
        });
  }

  @Override
  public void remove(RuntimeHandle handle) throws DriverException {
    Container container = runtime.find(handle.runtimeId());
    if (container != null) {
      Observation _ =
          call(
              0,
              () -> {
                if (!bugs.has(PlantedBug.STOP_ANSWERED_BUT_NOT_DONE)) {
                  runtime.remove(container);
                }
                return runtime.observe(container);
              });
    }
  }

  @Override
  public Observation inspect(RuntimeHandle handle) throws DriverException {
    Container container = runtime.find(handle.runtimeId());
    return call(
        0,
        () ->
            container == null
                ? new Observation(handle, new RunState.Gone(), Map.of())
                : runtime.observe(container));
  }

  @Override
  public Listing recover() {
    try {
      List<Observation> all =
          this.<List<Observation>>call(
              0,
              () -> runtime.objects().stream().filter(this::isOurs).map(runtime::observe).toList());
      boolean partial = bugs.has(PlantedBug.PARTIAL_LISTING_AS_COMPLETE) && all.size() > 1;
      return new Listing.Complete(partial ? all.subList(0, all.size() - 1) : all);
    } catch (DriverException e) {
      return bugs.has(PlantedBug.LISTING_FAILURE_AS_EMPTY)
          ? new Listing.Complete(List.of())
          : new Listing.Unknown(e.failure().message());
    }
  }

  private boolean isOurs(Container container) {
    return bugs.has(PlantedBug.FOREIGN_OBJECTS_LISTED)
        || (owner.node().equals(container.labels().get(Labels.NODE))
            && owner.clusterUid().equals(container.labels().get(Labels.CLUSTER)));
  }

  @Override
  public void follow(RuntimeListener listener) {
    runtime.follow(
        news -> {
          if (!bugs.has(PlantedBug.RUNTIME_NEWS_LOST)) {
            agent.after(
                runtime.random().nextLong(5 * MILLI),
                () -> threads.execute(() -> listener.changed(news)));
          }
        });
    runtime
        .faults()
        .observe(
            () -> threads.execute(() -> listener.interrupted("the daemon is gone")),
            () -> threads.execute(listener::resumed));
    listener.resumed();
  }

  /// @param work takes this long besides the call itself
  private <T> T call(long work, Supplier<T> body) throws DriverException {
    try {
      long began = agent.clock().nanos();
      Waiting.sleep(agent, 2 * MILLI + runtime.random().nextLong(10 * MILLI) + work);
      while (runtime.faults().isHung()) {
        if (agent.clock().nanos() - began >= CALL_LIMIT.toNanos() + work) {
          throw DriverException.retryable("Timeout", "the runtime did not answer in time", null);
        }
        Waiting.sleep(agent, LOOK_NANOS);
      }
      if (runtime.faults().isDown()) {
        throw DriverException.retryable("Unavailable", "the runtime cannot be reached", null);
      }
      if (!runtime.faults().fails()) {
        return body.get();
      }
      if (runtime.random().nextBoolean()) {
        var _ = body.get();
      }
      throw DriverException.retryable("Failed", "the runtime failed", null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DriverException.retryable("Interrupted", "something else is wanted now", e);
    }
  }

  @Override
  public void close() {}
}
