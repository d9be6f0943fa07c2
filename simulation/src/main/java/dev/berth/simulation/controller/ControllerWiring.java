package dev.berth.simulation.controller;

import dev.berth.controller.core.CoreSettings;
import dev.berth.controller.store.ClusterStore;
import dev.berth.controller.store.Etcd;
import dev.berth.simulation.etcd.SimulatedEtcd;
import dev.berth.simulation.etcd.SimulatedKv;
import dev.berth.simulation.fault.Bugs;
import dev.berth.simulation.fault.PlantedBug;
import dev.berth.simulation.kernel.Kernel;
import dev.berth.simulation.kernel.SimulatedProcess;
import dev.berth.simulation.net.MessageBugs;
import io.etcd.jetcd.api.KeyValue;
import java.time.Duration;
import java.util.Optional;

/// What controllers work with.
///
/// @param kernel the time
/// @param etcd the store
/// @param bugs what is planted
/// @param messageBugs what planted bugs do to messages
/// @param observer sees what they do
public record ControllerWiring(
    Kernel kernel,
    SimulatedEtcd etcd,
    Bugs bugs,
    MessageBugs messageBugs,
    ControllerObserver observer) {
  /// Where controllers listen.
  public static final int PORT = 7443;

  private static final Duration STORE_LIMIT = Duration.ofSeconds(3);

  /// The real store, over the simulated etcd.
  ClusterStore store(SimulatedProcess process) {
    ClusterStore store = Etcd.store(new SimulatedKv(etcd, process, bugs), STORE_LIMIT);
    return bugs.has(PlantedBug.ACKNOWLEDGED_BEFORE_DURABLE)
            || bugs.has(PlantedBug.COMMIT_ORDER_REVERSED)
        ? new UnsafeStore(store, process, bugs)
        : store;
  }

  /// The timings of the cluster. One in four sends its heartbeats as seldom as a large one.
  CoreSettings settings() {
    CoreSettings usual = CoreSettings.DEFAULT;
    return kernel.random("scale").nextInt(4) > 0
        ? usual
        : new CoreSettings(
            usual.heartbeatMillis(),
            usual.suspectMillis(),
            usual.lostMillis(),
            usual.fenceMillis(),
            1);
  }

  /// Who leads, as host:port, if it is somebody else: whoever does not lead has read the key.
  Optional<String> leader(String asked) {
    KeyValue key = etcd.model().get(SimulatedElection.LEADER_KEY);
    String name = key == null ? asked : key.getValue().toStringUtf8();
    return name.equals(asked) ? Optional.empty() : Optional.of(name + ":" + PORT);
  }

  void trace(String what, String whom, long value) {
    kernel.trace().note(kernel.now(), what, whom, value);
  }

  void remark(String text) {
    if (kernel.trace().isRead()) {
      kernel.trace().remark(kernel.now(), text);
    }
  }
}
