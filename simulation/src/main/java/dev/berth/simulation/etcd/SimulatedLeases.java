package dev.berth.simulation.etcd;

import dev.berth.simulation.kernel.SimulatedProcess;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseRevokeResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.concurrent.CompletableFuture;

/// What an election asks of the simulated etcd.
public final class SimulatedLeases {
  private final SimulatedEtcd etcd;
  private final SimulatedProcess client;

  /// What one process sees.
  public SimulatedLeases(SimulatedEtcd etcd, SimulatedProcess client) {
    this.etcd = etcd;
    this.client = client;
  }

  /// Asks for a lease.
  public CompletableFuture<LeaseGrantResponse> grant(long seconds) {
    LeaseGrantRequest request = LeaseGrantRequest.newBuilder().setTTL(seconds).build();
    return etcd.write(client, 0, () -> etcd.model().grant(request));
  }

  /// Prolongs a lease.
  public CompletableFuture<LeaseKeepAliveResponse> keep(long id) {
    LeaseKeepAliveRequest request = LeaseKeepAliveRequest.newBuilder().setID(id).build();
    return etcd.read(client, () -> etcd.model().keepAlive(request));
  }

  /// Ends a lease.
  public CompletableFuture<LeaseRevokeResponse> revoke(long id) {
    LeaseRevokeRequest request = LeaseRevokeRequest.newBuilder().setID(id).build();
    return etcd.write(client, 0, () -> etcd.model().revoke(request));
  }

  /// Tries to take the leader key.
  public CompletableFuture<TxnResponse> take(TxnRequest request) {
    return etcd.write(client, 0, () -> etcd.model().txn(request));
  }
}
