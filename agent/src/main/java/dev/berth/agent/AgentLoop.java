package dev.berth.agent;

import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.fence.FenceGuard;
import dev.berth.agent.instance.Desired;
import dev.berth.agent.instance.InstanceListener;
import dev.berth.agent.instance.InstanceSnapshot;
import dev.berth.agent.instance.InstanceSupervisor;
import dev.berth.agent.instance.Outcome;
import dev.berth.agent.instance.Sight;
import dev.berth.agent.instance.StartGate;
import dev.berth.agent.instance.SupervisorContext;
import dev.berth.agent.journal.JournalEntry;
import dev.berth.agent.port.WakeUp;
import dev.berth.spec.WorkloadDefaults;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.AssignmentChange;
import dev.berth.v1.AssignmentSet;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.NodeDescription;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings what is assigned together with what is there: one thread that gives every instance its
/// supervisor and tells it what is wanted. It never calls a runtime and never waits for one.
final class AgentLoop implements Runnable, InstanceListener {
  private static final Logger LOG = LoggerFactory.getLogger(AgentLoop.class);
  private static final int QUEUE_MAX = 10_000;
  private static final int STARTS_MAX = 8;

  private final BlockingQueue<AgentEvent> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
  private final AgentPorts ports;
  private final InstanceTable table;
  private final FenceGuard fence;
  private final DriverRegistry drivers;
  private final Supplier<NodeDescription> node;
  private final Map<RuntimeDriver, SupervisorContext> contexts = new LinkedHashMap<>();
  private final Set<RuntimeDriver> listed = ConcurrentHashMap.newKeySet();
  /// Known from before the host was restarted, and not assigned since.
  private final Set<String> dormant = new HashSet<>();
  /// Known from before, with the name of the driver that made them and is not there any more.
  private final Map<String, String> stranded = new HashMap<>();
  private final WakeUp allListed;
  private boolean complete;

  /// @param table where the instances are kept; changed by this loop alone
  /// @param fence stops what needs contact with a controller
  /// @param node what was said of this node last
  AgentLoop(
      DriverRegistry drivers,
      AgentPorts ports,
      InstanceTable table,
      FenceGuard fence,
      Supplier<NodeDescription> node) {
    this.ports = ports;
    this.table = table;
    this.fence = fence;
    this.drivers = drivers;
    this.node = node;
    this.allListed = new WakeUp(ports.clock());
    for (RuntimeDriver driver : drivers.all()) {
      contexts.put(
          driver,
          new SupervisorContext(
              driver,
              new StartGate(STARTS_MAX),
              ports.clock(),
              ports.random(),
              ports.metrics(),
              this,
              fence));
    }
  }

  /// Takes over what was known before the agent was restarted. Before [#run] only.
  ///
  /// @param sameBoot whether the host has not been restarted since: otherwise nothing starts until
  ///     a controller says so
  void remember(List<JournalEntry> entries, boolean sameBoot) {
    for (JournalEntry entry : entries) {
      AssignedInstance instance = entry.instance();
      SupervisorContext context = madeBy(entry).map(contexts::get).orElse(null);
      if (context == null) {
        stranded.put(instance.getInstanceId(), entry.status().getDriver());
      } else {
        InstanceSupervisor supervisor =
            InstanceSupervisor.known(
                instance.getInstanceId(),
                sameBoot ? remembered(entry) : new Desired.Keep(),
                entry.status(),
                entry.history(),
                context);
        if (!sameBoot) {
          dormant.add(instance.getInstanceId());
        }
        supervise(supervisor, context.driver(), Optional.of(instance), Map.of());
      }
    }
  }

  /// What a driver made stays with it. Agents that did not write it down had one for each kind.
  private Optional<RuntimeDriver> madeBy(JournalEntry entry) {
    String driver = entry.status().getDriver();
    return driver.isEmpty()
        ? drivers.of(Rejection.kind(entry.instance()), "").stream().findFirst()
        : drivers.named(driver);
  }

  private static Desired remembered(JournalEntry entry) {
    // It was being stopped when the agent ended.
    return Outcome.FENCED.reason().equals(entry.status().getReason())
        ? new Desired.Fenced(entry.instance())
        : Desired.of(entry.instance());
  }

  /// Takes an event, waiting while there are too many.
  void put(AgentEvent event) {
    try {
      queue.put(event);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Takes an event unless there are too many.
  boolean offer(AgentEvent event) {
    return queue.offer(event);
  }

  @Override
  public void run() {
    try {
      while (true) {
        AgentEvent event = queue.take();
        try {
          handle(event);
        } catch (RuntimeException e) {
          // One event that cannot be handled must not leave all other instances without care.
          LOG.error("{} could not be handled", event.getClass().getSimpleName(), e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Whether a runtime was listed completely, and all that is there is in the table.
  boolean isListed(String driver) {
    return listed.stream().anyMatch(each -> each.name().equals(driver));
  }

  /// Waits a while until every runtime was listed.
  void awaitListed(Duration limit) throws InterruptedException {
    if (!allListed.awaitUntil(ports.clock().millis() + limit.toMillis())) {
      LOG.warn("a runtime has not been listed within {} s", limit.toSeconds());
    }
  }

  /// Lets go of all instances; what runs goes on running.
  void letGo() {
    table.all().forEach(each -> each.supervisor().letGo());
  }

  @Override
  public void changed(InstanceSnapshot snapshot) {
    Supervised instance = table.find(snapshot.instanceId());
    if (instance == null || !isOf(snapshot, instance.driver())) {
      return;
    }
    instance.saw(snapshot);
    switch (snapshot.desired()) {
      case Desired.Run(AssignedInstance assigned) -> publish(instance, assigned, snapshot);
      case Desired.Stop(AssignedInstance assigned) -> publish(instance, assigned, snapshot);
      case Desired.Fenced(AssignedInstance assigned) -> publish(instance, assigned, snapshot);
      case Desired.Keep _, Desired.Remove _ -> {
        // Nobody asked for news of it: the controller does not know it, or has forgotten it.
      }
    }
  }

  /// A supervisor that was let go, since another driver has its instance, may still be saying
  /// something.
  private static boolean isOf(InstanceSnapshot snapshot, RuntimeDriver driver) {
    return snapshot.status().getDriver().equals(driver.name());
  }

  @Override
  public void vanished(String instanceId) {
    put(new AgentEvent.Vanished(instanceId));
  }

  void handle(AgentEvent event) {
    switch (event) {
      case AgentEvent.SetArrived(AssignmentSet set, long arrivedNanos) ->
          assignAll(set, arrivedNanos);
      case AgentEvent.ChangeArrived(AssignmentChange change, long arrivedNanos) -> {
        change.getChangedList().forEach(instance -> assign(instance, arrivedNanos));
        change.getRemovedList().forEach(this::unassign);
      }
      case AgentEvent.RuntimeNews(RuntimeDriver driver, Observation news) -> hear(driver, news);
      case AgentEvent.Listed(RuntimeDriver driver, List<Observation> all) -> list(driver, all);
      case AgentEvent.Vanished(String instanceId) -> {
        table.remove(instanceId);
        ports.journal().remove(instanceId);
        fence.release(instanceId);
      }
      case AgentEvent.FenceClosed _ -> closeFence();
    }
  }

  private void closeFence() {
    for (Supervised each : table.all()) {
      AssignedInstance instance = each.assigned().orElse(AssignedInstance.getDefaultInstance());
      if (Desired.needsContact(instance)
          && Desired.of(instance) instanceof Desired.Run
          && !dormant.contains(instance.getInstanceId())) {
        each.supervisor().desire(new Desired.Fenced(instance));
      }
    }
  }

  private void assignAll(AssignmentSet set, long arrivedNanos) {
    complete = true;
    Set<String> wanted = new HashSet<>();
    for (AssignedInstance instance : set.getInstancesList()) {
      wanted.add(instance.getInstanceId());
      assign(instance, arrivedNanos);
    }
    for (String id : table.ids()) {
      if (!wanted.contains(id)) {
        unassign(id);
      }
    }
    fence.retain(Set.copyOf(table.ids()));
    ports.journal().confirmBoot();
    LOG.info(
        "complete set {}: {} instances",
        Long.toUnsignedString(set.getRevision()),
        set.getInstancesCount());
  }

  private void assign(AssignedInstance instance, long arrivedNanos) {
    String id = instance.getInstanceId();
    dormant.remove(id);
    Supervised known = table.find(id);
    if (known != null) {
      known.assign(instance);
      known.supervisor().desire(Desired.of(instance));
      return;
    }
    Optional<InstanceStatus> refusal =
        Rejection.of(instance, drivers, ports.clock().wall())
            .or(() -> refusalOfDriver(id))
            .or(
                () ->
                    Rejection.ofDevices(
                        instance, node.get().getDevicesList(), ports.clock().wall()))
            .or(() -> refusalOfDisk(instance));
    if (refusal.isPresent()) {
      table.reject(id, refusal.get());
      ports.reports().report(id, refusal.get());
      return;
    }
    SupervisorContext context = context(instance);
    if (context != null) {
      Sight sight = listed.contains(context.driver()) ? new Sight.Missing() : new Sight.Unlisted();
      InstanceSupervisor supervisor =
          InstanceSupervisor.fresh(id, Desired.of(instance), sight, arrivedNanos, context);
      supervise(supervisor, context.driver(), Optional.of(instance), Map.of());
    }
  }

  private Optional<InstanceStatus> refusalOfDriver(String id) {
    return Optional.ofNullable(stranded.get(id))
        .map(driver -> Rejection.ofLostDriver(driver, ports.clock().wall()));
  }

  /// What is new and cannot be remembered is not taken. What may run already, unlisted, is.
  private Optional<InstanceStatus> refusalOfDisk(AssignedInstance instance) {
    SupervisorContext context = context(instance);
    return context != null && listed.contains(context.driver())
        ? ports.journal().problem().map(why -> Rejection.ofDisk(why, ports.clock().wall()))
        : Optional.empty();
  }

  private void unassign(String instanceId) {
    table.forgetRejected(instanceId);
    stranded.remove(instanceId);
    Supervised known = table.find(instanceId);
    if (known != null) {
      known.unassign();
      known.supervisor().desire(new Desired.Remove(grace(known)));
    }
    // Forgotten at once, so that a restarted agent does not restart it before it has a set.
    ports.journal().remove(instanceId);
    ports.reports().forget(instanceId);
  }

  private static Duration grace(Supervised instance) {
    return instance.assigned().map(Desired::grace).orElse(WorkloadDefaults.CONTAINER_STOP_GRACE);
  }

  private void hear(RuntimeDriver driver, Observation news) {
    Supervised known = table.find(news.handle().instanceId());
    if (known != null) {
      tell(known, driver, news);
    } else if (news.state() instanceof RunState.Running && listed.contains(driver)) {
      find(driver, news);
    }
  }

  private void list(RuntimeDriver driver, List<Observation> all) {
    Set<String> there = new HashSet<>();
    for (Observation each : all) {
      there.add(each.handle().instanceId());
      Supervised known = table.find(each.handle().instanceId());
      if (known != null) {
        tell(known, driver, each);
      } else {
        find(driver, each);
      }
    }
    for (Supervised each : table.all()) {
      if (each.driver().equals(driver) && !there.contains(each.snapshot().instanceId())) {
        each.supervisor().notListed();
      }
    }
    // Last, because it says that the table has all that is there.
    if (listed.add(driver)) {
      if (listed.size() == contexts.size()) {
        allListed.call();
      }
      ports.listed().run();
    }
    LOG.info("driver {}: listed, {} instances are there", driver.name(), all.size());
  }

  /// What a runtime has stays with its driver: where another one was to make it, and has not, it is
  /// taken over.
  private void tell(Supervised known, RuntimeDriver driver, Observation news) {
    if (known.driver().equals(driver)) {
      known.supervisor().hint(news);
    } else if (news.state() instanceof RunState.Gone) {
      LOG.debug("instance {}: not at {} any more", known.snapshot().instanceId(), driver.name());
    } else if (known.snapshot().handle().isEmpty()) {
      known.supervisor().letGo();
      adopt(driver, news, known.snapshot().desired(), known.assigned());
    } else {
      LOG.warn(
          "instance {}: is at {}, and at {} too, where it is left alone",
          known.snapshot().instanceId(),
          known.driver().name(),
          driver.name());
    }
  }

  /// Takes up something of ours that is not assigned: it is left alone until a complete set says
  /// that it does not belong here.
  private void find(RuntimeDriver driver, Observation found) {
    Desired desired =
        complete ? new Desired.Remove(WorkloadDefaults.CONTAINER_STOP_GRACE) : new Desired.Keep();
    adopt(driver, found, desired, Optional.empty());
  }

  private void adopt(
      RuntimeDriver driver,
      Observation found,
      Desired desired,
      Optional<AssignedInstance> assigned) {
    SupervisorContext context = contexts.get(driver);
    if (context == null) {
      return;
    }
    InstanceSupervisor supervisor =
        InstanceSupervisor.fresh(
            found.handle().instanceId(),
            desired,
            new Sight.Unlisted(),
            ports.clock().nanos(),
            context);
    supervisor.hint(found);
    supervise(supervisor, driver, assigned, found.labels());
  }

  private void supervise(
      InstanceSupervisor supervisor,
      RuntimeDriver driver,
      Optional<AssignedInstance> assigned,
      Map<String, String> labels) {
    Supervised instance = new Supervised(supervisor, driver, assigned, labels);
    table.add(instance);
    ports.threads().start(supervisor, "instance-" + instance.snapshot().instanceId());
  }

  private void publish(Supervised instance, AssignedInstance assigned, InstanceSnapshot snapshot) {
    String id = snapshot.instanceId();
    ports.reports().report(id, snapshot.status());
    keepFence(assigned, snapshot);
    ports.journal().put(new JournalEntry(assigned, snapshot.status(), snapshot.history()));
    if (instance.unassigned()) {
      // The loop forgot it in the meantime.
      ports.journal().remove(id);
      ports.reports().forget(id);
    }
  }

  /// Holds what runs already, such as what was found after a restart, and releases what has ended.
  private void keepFence(AssignedInstance assigned, InstanceSnapshot snapshot) {
    if (!Desired.needsContact(assigned) || (snapshot.ended() && !snapshot.running())) {
      fence.release(snapshot.instanceId());
    } else if (snapshot.running() && snapshot.handle().isPresent()) {
      try {
        fence.hold(
            snapshot.instanceId(), snapshot.handle().get().runtimeId(), Desired.grace(assigned));
      } catch (IOException e) {
        LOG.error(
            "instance {}: the watchdog cannot watch it, only the agent does: {}",
            snapshot.instanceId(),
            e.getMessage());
      }
    }
  }

  /// Of the driver for something new.
  private @Nullable SupervisorContext context(AssignedInstance instance) {
    return drivers
        .choose(instance.getSpec(), Rejection.kind(instance), node.get().getDriversList())
        .map(contexts::get)
        .orElse(null);
  }
}
