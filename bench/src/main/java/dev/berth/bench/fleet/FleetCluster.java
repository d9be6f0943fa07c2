package dev.berth.bench.fleet;

import dev.berth.bench.StoredNodes;
import dev.berth.e2e.harness.Cleanup;
import dev.berth.e2e.harness.ControllerProcess;
import dev.berth.e2e.harness.EtcdProcess;
import dev.berth.e2e.harness.WorkDirectory;
import dev.berth.v1.Node;
import java.nio.file.Path;
import java.util.List;

/// A real etcd and a real controller as processes, and simulated agents that have joined and not
/// dialled yet. All of it ends when this is closed, and else with the JVM.
public final class FleetCluster implements AutoCloseable {
  private static final String ADDRESS = "127.0.0.1";

  private final Cleanup cleanup;
  private final EtcdProcess etcd;
  private final ControllerProcess controller;
  private final SimulatedFleet fleet;

  private FleetCluster(
      Cleanup cleanup, EtcdProcess etcd, ControllerProcess controller, SimulatedFleet fleet) {
    this.cleanup = cleanup;
    this.etcd = etcd;
    this.controller = controller;
    this.fleet = fleet;
  }

  /// Starts it and waits until the controller leads.
  ///
  /// @param nodes as they are stored, at least one
  /// @param script of all runtimes
  /// @param seed of everything that is random in the agents
  /// @param options flags of the controller, such as "--lost-timeout=8s"
  public static FleetCluster start(
      List<Node> nodes, RuntimeScript script, long seed, List<String> options) {
    Cleanup cleanup = new Cleanup();
    try {
      WorkDirectory work = WorkDirectory.make();
      cleanup.add(work::close);
      Path data = work.directory("c");
      ControllerProcess.init(data, ADDRESS);
      EtcdProcess etcd = EtcdProcess.start(work.directory("e"), data.resolve("etcd-pki"));
      cleanup.add(etcd::close);
      List<NodeIdentity> identities =
          NodeIdentity.issue(data.resolve("pki"), StoredNodes.CLUSTER, nodes);
      StoredNodes.write(
          etcd.endpoint(),
          data.resolve("etcd-pki"),
          identities.stream().map(NodeIdentity::recorded).toList());
      ControllerProcess controller =
          ControllerProcess.start(data, ADDRESS, etcd.endpoint(), options);
      cleanup.add(controller::close);
      SimulatedFleet fleet = new SimulatedFleet(controller.api(), identities, script, seed);
      cleanup.add(fleet::close);
      return new FleetCluster(cleanup, etcd, controller, fleet);
    } catch (RuntimeException | AssertionError e) {
      cleanup.closeAfter(e);
      throw e;
    }
  }

  /// The member of etcd.
  public EtcdProcess etcd() {
    return etcd;
  }

  /// The controller.
  public ControllerProcess controller() {
    return controller;
  }

  /// The agents.
  public SimulatedFleet fleet() {
    return fleet;
  }

  @Override
  public void close() {
    cleanup.close();
  }
}
