package dev.berth.controller.loop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.controller.store.ClusterStore;
import dev.berth.controller.store.Etcd;
import dev.berth.controller.store.EtcdProcess;
import dev.berth.controller.store.LeaderElection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The flows on a real etcd.
final class ControllerLoopIT extends ControllerLoopContractTest {
  private EtcdProcess etcd;
  private Etcd client;

  @BeforeEach
  void startEtcd() throws Exception {
    assumeTrue(EtcdProcess.isInstalled(), "etcd is not installed: run deploy/bootstrap");
    etcd = EtcdProcess.start();
    client = Etcd.connect(etcd.settings());
  }

  @AfterEach
  void stopEtcd() throws Exception {
    if (client != null) {
      client.close();
    }
    if (etcd != null) {
      etcd.close();
    }
  }

  @Override
  ClusterStore store() {
    return client.store();
  }

  @Override
  LeaderElection election() {
    return client.election();
  }
}
