package dev.berth.simulation.runtime;

import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.simulation.kernel.Kernel;
import dev.berth.simulation.kernel.SimulatedClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The container runtime of one host: its objects live whatever happens to the agent, and their
/// programs die with the host.
public final class SimulatedRuntime {
  /// The name of the driver of all simulated runtimes.
  public static final String DRIVER = "simulated";

  private final Kernel kernel;
  private final String host;
  private final SimulatedClock clock;
  private final RuntimeObserver observer;
  private final RuntimeFaults faults;
  private final Map<String, Container> objects = new TreeMap<>();
  private final List<Consumer<Observation>> followers = new ArrayList<>();
  private int lastId;

  /// A runtime without objects.
  public SimulatedRuntime(
      Kernel kernel, String host, SimulatedClock clock, RuntimeObserver observer) {
    this.kernel = kernel;
    this.host = host;
    this.clock = clock;
    this.observer = observer;
    this.faults = new RuntimeFaults(kernel.random("runtime " + host));
  }

  /// What is wrong with it.
  public RuntimeFaults faults() {
    return faults;
  }

  /// The host that it is on.
  public String host() {
    return host;
  }

  RandomGenerator random() {
    return faults.random();
  }

  /// Everything that is there.
  public Collection<Container> objects() {
    return List.copyOf(objects.values());
  }

  /// An object that is none of Berth's business.
  public void addForeign() {
    Container container = new Container("foreign-" + ++lastId, Map.of(), "steady");
    objects.put(container.id(), container);
    container.become(new RunState.Running(clock.wall()));
  }

  /// Is told news from now on.
  void follow(Consumer<Observation> follower) {
    followers.add(follower);
  }

  /// The agent is gone, and those that followed with it.
  public void forgetFollowers() {
    followers.clear();
  }

  @Nullable Container find(String id) {
    return objects.get(id);
  }

  @Nullable Container ofInstance(String instance) {
    for (Container each : objects.values()) {
      if (each.instance().equals(instance)) {
        return each;
      }
    }
    return null;
  }

  Container make(Map<String, String> labels, String image) {
    Container container = new Container("object-%06d".formatted(++lastId), labels, image);
    boolean again = !container.instance().isEmpty() && ofInstance(container.instance()) != null;
    objects.put(container.id(), container);
    observer.made(host, container, again);
    return container;
  }

  void start(Container container) {
    if (container.isLive()) {
      return;
    }
    container.become(new RunState.Running(clock.wall()));
    kernel.trace().note(kernel.now(), "started", container.instance(), container.run());
    observer.started(host, container);
    tell(container);
    int run = container.run();
    Behaviour behaviour = Behaviour.of(container.image());
    behaviour
        .endsAfter()
        .ifPresent(
            nanos ->
                kernel.after(
                    nanos,
                    () -> {
                      if (container.run() == run && objects.containsKey(container.id())) {
                        end(container, behaviour.exitCode(), behaviour.outOfMemory(), false);
                      }
                    }));
  }

  void end(Container container, int exitCode, boolean outOfMemory, boolean stopped) {
    if (!(container.state() instanceof RunState.Running(Instant started, _))) {
      return;
    }
    container.become(new RunState.Exited(exitCode, outOfMemory, started, clock.wall(), ""));
    kernel
        .trace()
        .note(kernel.now(), stopped ? "stopped" : "ended", container.instance(), exitCode);
    observer.ended(host, container, stopped);
    tell(container);
  }

  void remove(Container container) {
    end(container, 137, false, true);
    objects.remove(container.id());
    observer.removed(host, container);
    tell(container);
  }

  /// A program ends by itself; the news may be lost.
  ///
  /// @return whether one ran
  public boolean killOne(RandomGenerator random) {
    List<Container> live =
        objects.values().stream()
            .filter(each -> each.isLive() && !each.instance().isEmpty())
            .toList();
    if (live.isEmpty()) {
      return false;
    }
    end(live.get(random.nextInt(live.size())), 137, false, false);
    return true;
  }

  /// Everything of ours is stopped, as an agent with a planted bug would do it.
  public void stopAll() {
    for (Container each : objects()) {
      if (!each.instance().isEmpty()) {
        end(each, 143, false, true);
      }
    }
  }

  /// The host loses its power: all programs end.
  public void losePower() {
    forgetFollowers();
    for (Container each : objects.values()) {
      if (each.state() instanceof RunState.Running(Instant started, _)) {
        each.become(new RunState.Exited(137, false, started, clock.wall(), ""));
        observer.ended(host, each, false);
      }
    }
  }

  Observation observe(Container container) {
    RunState state = objects.containsKey(container.id()) ? container.state() : new RunState.Gone();
    return new Observation(
        new RuntimeHandle(DRIVER, container.instance(), container.id()), state, container.labels());
  }

  private void tell(Container container) {
    if (!faults.isDown() && !container.instance().isEmpty()) {
      Observation news = observe(container);
      followers.forEach(each -> each.accept(news));
    }
  }
}
