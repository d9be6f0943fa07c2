package dev.berth.agent;

import dev.berth.agent.driver.Console;
import dev.berth.agent.driver.ConsoleCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.LogCapable;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.port.InstanceInventory;
import dev.berth.agent.session.CapabilityAccess;
import dev.berth.agent.session.ConsoleAccess;
import dev.berth.agent.session.LogAccess;
import dev.berth.v1.InstanceReport;
import dev.berth.v1.InstanceStatus;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Every instance that the agent knows of. Changed by the loop alone, read by anyone.
final class InstanceTable implements InstanceInventory, LogAccess, ConsoleAccess, CapabilityAccess {
  private final Map<String, Supervised> instances = new ConcurrentHashMap<>();
  private final Map<String, InstanceStatus> rejected = new ConcurrentHashMap<>();

  @Nullable Supervised find(String instanceId) {
    return instances.get(instanceId);
  }

  Collection<Supervised> all() {
    return instances.values();
  }

  /// References of the images that assigned containers need, whether they are made or not.
  Set<String> containerImages() {
    return instances.values().stream()
        .flatMap(each -> each.assigned().stream())
        .filter(each -> each.getSpec().hasContainer())
        .map(each -> each.getSpec().getContainer().getImage())
        .collect(Collectors.toSet());
  }

  void add(Supervised instance) {
    instances.put(instance.snapshot().instanceId(), instance);
  }

  void remove(String instanceId) {
    instances.remove(instanceId);
  }

  /// Notes an instance that this node cannot run at all.
  void reject(String instanceId, InstanceStatus status) {
    rejected.put(instanceId, status);
  }

  boolean isRejected(String instanceId) {
    return rejected.containsKey(instanceId);
  }

  /// Ids of all instances, rejected ones too.
  List<String> ids() {
    return Stream.concat(instances.keySet().stream(), rejected.keySet().stream()).toList();
  }

  void forgetRejected(String instanceId) {
    rejected.remove(instanceId);
  }

  /// All instances with their status, for a hello.
  List<InstanceReport> reports() {
    Stream<InstanceReport> known =
        instances.values().stream()
            .map(each -> report(each.snapshot().instanceId(), each.snapshot().status()));
    Stream<InstanceReport> refused =
        rejected.entrySet().stream().map(each -> report(each.getKey(), each.getValue()));
    return Stream.concat(known, refused).toList();
  }

  @Override
  public List<Entry> instances() {
    return instances.values().stream().map(Supervised::entry).toList();
  }

  @Override
  public Optional<LogReader> open(String instanceId, LogQuery query)
      throws DriverException, UnknownInstanceException {
    Supervised instance = known(instanceId);
    if (!(instance.driver() instanceof LogCapable logs)) {
      throw new UnknownInstanceException(
          "the driver " + instance.driver().name() + " keeps no output");
    }
    Optional<RuntimeHandle> handle = instance.snapshot().handle();
    return handle.isPresent() ? Optional.of(logs.openLogs(handle.get(), query)) : Optional.empty();
  }

  @Override
  public Console openConsole(String instanceId, boolean force)
      throws DriverException, UnknownInstanceException {
    Supervised instance = known(instanceId);
    if (!(instance.driver() instanceof ConsoleCapable consoles)) {
      throw new UnknownInstanceException(
          "the driver " + instance.driver().name() + " has no consoles");
    }
    Optional<RuntimeHandle> handle = instance.snapshot().handle();
    if (handle.isEmpty()) {
      throw DriverException.permanent("NotRunning", "it was not started yet", null);
    }
    return consoles.openConsole(handle.get(), force);
  }

  @Override
  public <C> Subject<C> subject(String instanceId, Class<C> capability, String missing)
      throws DriverException, UnknownInstanceException {
    Supervised instance = known(instanceId);
    if (!capability.isInstance(instance.driver())) {
      throw DriverException.permanent(
          "NotCapable", "the driver " + instance.driver().name() + " " + missing, null);
    }
    Optional<RuntimeHandle> handle = instance.snapshot().handle();
    if (handle.isEmpty()) {
      throw DriverException.permanent(
          "NotMade", "nothing was made of it yet; repeat when it runs", null);
    }
    return new Subject<>(capability.cast(instance.driver()), handle.get());
  }

  private Supervised known(String instanceId) throws UnknownInstanceException {
    Supervised instance = instances.get(instanceId);
    if (instance == null) {
      throw new UnknownInstanceException(
          "instance " + instanceId + " is not on this node any more; list the instances again");
    }
    return instance;
  }

  @Override
  public boolean mayWrite(String instanceId) {
    Supervised instance = instances.get(instanceId);
    return instance != null && instance.mayWrite();
  }

  @Override
  public boolean runs(String instanceId) {
    Supervised instance = instances.get(instanceId);
    return instance != null && instance.snapshot().running();
  }

  private static InstanceReport report(String instanceId, InstanceStatus status) {
    return InstanceReport.newBuilder().setInstanceId(instanceId).setStatus(status).build();
  }
}
