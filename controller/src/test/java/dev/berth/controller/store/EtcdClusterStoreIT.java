package dev.berth.controller.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The contract against a real etcd, and what only that can do: go away.
final class EtcdClusterStoreIT extends ClusterStoreContractTest {
  private EtcdProcess etcd;

  @BeforeEach
  void startEtcd() throws IOException {
    assumeTrue(EtcdProcess.isInstalled(), "etcd is not installed: run deploy/bootstrap");
    etcd = EtcdProcess.start();
  }

  @AfterEach
  void stopEtcd() throws IOException {
    if (etcd != null) {
      etcd.close();
    }
  }

  @Override
  Connection connect() {
    return connect(etcd.settings());
  }

  private static Connection connect(EtcdSettings settings) {
    try {
      Etcd client = Etcd.connect(settings);
      return new Connection() {
        @Override
        public ClusterStore store() {
          return client.store();
        }

        @Override
        public LeaderElection election() {
          return client.election();
        }

        @Override
        public void close() {
          client.close();
        }
      };
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void failsInTimeWhileEtcdIsAwayAndGoesOnAfterwards() throws Exception {
    EtcdSettings brief =
        new EtcdSettings(
            List.of(etcd.endpoint()), null, Duration.ofSeconds(2), Duration.ofSeconds(1));
    try (Connection one = connect(brief)) {
      LeaderTerm term = one.election().campaign();
      one.store().load(term);
      etcd.kill();
      long begun = System.nanoTime();
      assertThrows(
          StoreException.class,
          () ->
              commit(
                  one, term, List.of(new ClusterStore.Write("k", ByteString.copyFromUtf8("1")))));
      assertTrue(System.nanoTime() - begun < Duration.ofSeconds(3).toNanos());
      while (one.election().holds(term)) {
        Thread.onSpinWait();
      }
      etcd.restart();
      LeaderTerm next = one.election().campaign();
      assertTrue(next.epoch() > term.epoch());
      // The commit without an answer may have reached etcd while the old term still held there,
      // but not any more.
      var found = one.store().load(next);
      assertTrue(found.size() <= 1);
      commit(one, next, List.of(new ClusterStore.Write("k", ByteString.copyFromUtf8("2"))));
      assertEquals(ByteString.copyFromUtf8("2"), one.store().load(next).get("k"));
      one.election().resign(next);
    }
  }
}
