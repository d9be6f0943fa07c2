package dev.berth.agent.driver;

import dev.berth.v1.AssignedInstance;
import dev.berth.v1.Resources;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A runtime in memory, for several drivers. Thread-safe.
public final class FakeRuntime {
  private final String driver;
  private final InstantSource clock;
  private final Map<String, Item> objects = new LinkedHashMap<>();
  private final List<RuntimeListener> listeners = new ArrayList<>();
  private final List<String> calls = new ArrayList<>();
  private @Nullable DriverException failure;
  private ResizeCapable.Effect effect = ResizeCapable.Effect.NOW;
  private int lastId;

  private static final class Item {
    final Map<String, String> labels;
    final int endsWith;
    RunState state = new RunState.Created();
    int starts;

    Item(Map<String, String> labels, int endsWith) {
      this.labels = labels;
      this.endsWith = endsWith;
    }
  }

  public FakeRuntime(InstantSource clock) {
    this(FakeDriver.NAME, clock);
  }

  /// @param driver name of its drivers
  public FakeRuntime(String driver, InstantSource clock) {
    this.driver = driver;
    this.clock = clock;
  }

  String driver() {
    return driver;
  }

  /// Makes every call fail, until null is given.
  public synchronized void failWith(@Nullable DriverException next) {
    failure = next;
  }

  /// All calls so far, as "verb instance".
  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  public synchronized void clearCalls() {
    calls.clear();
  }

  /// How many programs of an instance run.
  public synchronized long running(String instanceId) {
    return objects.values().stream()
        .filter(each -> instanceId.equals(each.labels.get(Labels.INSTANCE)))
        .filter(each -> each.state instanceof RunState.Running)
        .count();
  }

  /// How many objects there are.
  public synchronized int count() {
    return objects.size();
  }

  /// How often programs of an instance were started.
  public synchronized int starts(String instanceId) {
    return objects.values().stream()
        .filter(each -> instanceId.equals(each.labels.get(Labels.INSTANCE)))
        .mapToInt(each -> each.starts)
        .sum();
  }

  /// Ends the program of an instance, as if by itself.
  public void end(String instanceId, int exitCode) {
    String runtimeId = idOf(instanceId);
    end(runtimeId, exitCode, false);
  }

  /// Ends the program of an instance and tells nobody.
  public synchronized void endSilently(String instanceId, int exitCode) {
    Item item = item(idOf(instanceId));
    item.state = exited(item, exitCode, false);
  }

  /// Removes an object, as if by a stranger, and tells nobody.
  public synchronized void loseSilently(String instanceId) {
    objects.remove(idOf(instanceId));
  }

  /// Ends the program of an instance for want of memory.
  public void endOutOfMemory(String instanceId) {
    end(idOf(instanceId), 137, true);
  }

  private void end(String runtimeId, int exitCode, boolean outOfMemory) {
    Observation news;
    synchronized (this) {
      Item item = item(runtimeId);
      item.state = exited(item, exitCode, outOfMemory);
      news = observe(runtimeId);
    }
    tell(news);
  }

  void follow(RuntimeListener listener) {
    synchronized (this) {
      listeners.add(listener);
    }
    listener.resumed();
  }

  Observation make(Owner owner, AssignedInstance instance, int endsWith) throws DriverException {
    synchronized (this) {
      call("prepare", instance.getInstanceId());
      for (Map.Entry<String, Item> each : objects.entrySet()) {
        if (instance.getInstanceId().equals(each.getValue().labels.get(Labels.INSTANCE))) {
          return observe(each.getKey());
        }
      }
      lastId++;
      String id = "object-" + lastId;
      objects.put(id, new Item(Labels.of(owner, instance), endsWith));
      return observe(id);
    }
  }

  Observation start(RuntimeHandle handle) throws DriverException {
    Observation started;
    boolean ends;
    int endsWith;
    synchronized (this) {
      call("start", handle.instanceId());
      Item item = objects.get(handle.runtimeId());
      if (item == null) {
        throw DriverException.retryable("Vanished", "there is none", null);
      }
      if (item.state instanceof RunState.Running) {
        return observe(handle.runtimeId());
      }
      item.starts++;
      item.state = new RunState.Running(clock.instant());
      started = observe(handle.runtimeId());
      endsWith = item.endsWith;
      ends = endsWith >= 0;
    }
    tell(started);
    if (ends) {
      end(handle.runtimeId(), endsWith, false);
    }
    return started;
  }

  /// Since when instances have what they are given from now on.
  public synchronized void effect(ResizeCapable.Effect next) {
    effect = next;
  }

  synchronized ResizeCapable.Effect resize(RuntimeHandle handle, Resources resources)
      throws DriverException {
    call("resize " + resources.getMemoryBytes(), handle.instanceId());
    return effect;
  }

  /// Lets the program of an instance stand still, or go on.
  public void stand(RuntimeHandle handle, boolean still) throws DriverException {
    Observation news;
    synchronized (this) {
      call(still ? "pause" : "unpause", handle.instanceId());
      Item item = objects.get(handle.runtimeId());
      if (item == null || !(item.state instanceof RunState.Running(Instant start, _))) {
        throw DriverException.permanent(PauseCapable.NOT_RUNNING, "it does not run", null);
      }
      item.state = new RunState.Running(start, still);
      news = observe(handle.runtimeId());
    }
    tell(news);
  }

  Observation stop(RuntimeHandle handle) throws DriverException {
    synchronized (this) {
      call("stop", handle.instanceId());
      Item item = objects.get(handle.runtimeId());
      if (item == null || !(item.state instanceof RunState.Running)) {
        return observe(handle);
      }
    }
    end(handle.runtimeId(), 143, false);
    return observe(handle);
  }

  void remove(RuntimeHandle handle) throws DriverException {
    synchronized (this) {
      call("remove", handle.instanceId());
      if (objects.remove(handle.runtimeId()) == null) {
        return;
      }
    }
    tell(observe(handle));
  }

  synchronized Observation inspect(RuntimeHandle handle) throws DriverException {
    call("inspect", handle.instanceId());
    return observe(handle);
  }

  synchronized Listing list(Owner owner) {
    calls.add("recover");
    DriverException now = failure;
    if (now != null) {
      return new Listing.Unknown(now.failure().message());
    }
    return new Listing.Complete(
        objects.entrySet().stream()
            .filter(each -> owner.node().equals(each.getValue().labels.get(Labels.NODE)))
            .filter(each -> owner.clusterUid().equals(each.getValue().labels.get(Labels.CLUSTER)))
            .map(each -> observe(each.getKey()))
            .toList());
  }

  private synchronized Observation observe(RuntimeHandle handle) {
    return objects.containsKey(handle.runtimeId())
        ? observe(handle.runtimeId())
        : new Observation(handle, new RunState.Gone(), Map.of());
  }

  private synchronized Observation observe(String runtimeId) {
    Item item = item(runtimeId);
    String instanceId = item.labels.getOrDefault(Labels.INSTANCE, "");
    return new Observation(
        new RuntimeHandle(driver, instanceId, runtimeId), item.state, item.labels);
  }

  private synchronized RunState exited(Item item, int exitCode, boolean outOfMemory) {
    Instant started =
        item.state instanceof RunState.Running(Instant time, _) ? time : clock.instant();
    return new RunState.Exited(exitCode, outOfMemory, started, clock.instant(), "");
  }

  private synchronized String idOf(String instanceId) {
    return objects.entrySet().stream()
        .filter(each -> instanceId.equals(each.getValue().labels.get(Labels.INSTANCE)))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private synchronized Item item(String runtimeId) {
    Item item = objects.get(runtimeId);
    if (item == null) {
      throw new IllegalStateException("no object " + runtimeId);
    }
    return item;
  }

  private synchronized void call(String verb, String instanceId) throws DriverException {
    calls.add(verb + " " + instanceId);
    DriverException now = failure;
    if (now != null) {
      throw now;
    }
  }

  private void tell(Observation news) {
    List<RuntimeListener> all;
    synchronized (this) {
      all = List.copyOf(listeners);
    }
    all.forEach(each -> each.changed(news));
  }
}
