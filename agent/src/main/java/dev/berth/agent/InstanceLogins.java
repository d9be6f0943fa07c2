package dev.berth.agent;

import dev.berth.agent.driver.PullLogins;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.AssignmentChange;
import dev.berth.v1.AssignmentSet;
import dev.berth.v1.RegistryLogin;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// The logins that came with assignments, in memory alone: they are taken out of what goes on to
/// the loop, since that is written to the journal.
final class InstanceLogins implements PullLogins {
  private final Map<String, RegistryLogin> byInstance = new ConcurrentHashMap<>();

  @Override
  public Optional<RegistryLogin> of(String instanceId) {
    return Optional.ofNullable(byInstance.get(instanceId));
  }

  /// Keeps the logins of a complete set, and answers it without them.
  AssignmentSet keep(AssignmentSet set) {
    byInstance
        .keySet()
        .retainAll(
            set.getInstancesList().stream()
                .map(AssignedInstance::getInstanceId)
                .collect(Collectors.toSet()));
    AssignmentSet.Builder rest = set.toBuilder();
    for (int i = 0; i < rest.getInstancesCount(); i++) {
      rest.setInstances(i, keep(rest.getInstances(i)));
    }
    return rest.build();
  }

  /// Keeps the logins of a change, and answers it without them.
  AssignmentChange keep(AssignmentChange change) {
    change.getRemovedList().forEach(byInstance::remove);
    AssignmentChange.Builder rest = change.toBuilder();
    for (int i = 0; i < rest.getChangedCount(); i++) {
      rest.setChanged(i, keep(rest.getChanged(i)));
    }
    return rest.build();
  }

  private AssignedInstance keep(AssignedInstance instance) {
    if (!instance.hasRegistryLogin()) {
      byInstance.remove(instance.getInstanceId());
      return instance;
    }
    byInstance.put(instance.getInstanceId(), instance.getRegistryLogin());
    return instance.toBuilder().clearRegistryLogin().build();
  }
}
