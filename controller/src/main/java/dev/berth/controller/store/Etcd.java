package dev.berth.controller.store;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Lease;
import io.grpc.netty.GrpcSslContexts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/// A connection to etcd, with what is done through it.
public final class Etcd implements AutoCloseable {
  /// Who leads; relative, as all keys here.
  static final String LEADER = "leader";

  /// Before the id of each controller that runs.
  static final String CONTROLLERS = "controllers/";

  private static final String PREFIX = "/berth/";
  private static final int MAX_INBOUND_BYTES = 256 << 20;

  private final Client client;
  private final ExecutorService executor;
  private final EtcdClusterStore store;
  private final EtcdLeaderElection election;
  private final LeaderWatch leaderWatch;
  private final StateMirror mirror;
  private final ControllerRegistry registry;
  private final Duration callTimeout;

  private Etcd(Client client, ExecutorService executor, EtcdSettings settings) {
    this.client = client;
    this.executor = executor;
    Calls calls = new Calls(settings.callTimeout());
    ByteSequence leaderKey = key(LEADER);
    KV kv = client.getKVClient();
    Lease lease = client.getLeaseClient();
    this.callTimeout = settings.callTimeout();
    this.store = new EtcdClusterStore(kv, leaderKey, calls);
    this.leaderWatch = new LeaderWatch(kv, client.getWatchClient(), leaderKey, calls);
    this.election = new EtcdLeaderElection(kv, lease, leaderWatch, settings.electionTtl(), calls);
    this.mirror = new StateMirror(kv, client.getWatchClient(), calls);
    this.registry = new ControllerRegistry(kv, lease, calls);
    leaderWatch.start();
    mirror.start();
  }

  /// Connects lazily.
  ///
  /// @throws StoreException when the certificates cannot be read
  public static Etcd connect(EtcdSettings settings) throws StoreException {
    ExecutorService executor =
        Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("etcd-", 0).factory());
    ClientBuilder builder =
        Client.builder()
            .endpoints(settings.endpoints())
            .executorService(executor)
            .maxInboundMessageSize(MAX_INBOUND_BYTES)
            .keepaliveTime(Duration.ofSeconds(6))
            .keepaliveTimeout(Duration.ofSeconds(2))
            .connectTimeout(settings.callTimeout());
    EtcdSettings.Tls tls = settings.tls();
    if (tls != null) {
      try {
        builder.sslContext(
            GrpcSslContexts.forClient()
                .trustManager(tls.ca().toFile())
                .keyManager(tls.certificate().toFile(), tls.key().toFile())
                .build());
      } catch (SSLException | IllegalArgumentException e) {
        executor.shutdownNow();
        throw new StoreException("etcd's TLS files " + tls + " cannot be used: " + e, e);
      }
    }
    return new Etcd(builder.build(), executor, settings);
  }

  /// The store.
  public ClusterStore store() {
    return store;
  }

  /// The election.
  public LeaderElection election() {
    return election;
  }

  /// Makes this process one of the cluster's controllers: it is listed among them, and says who it
  /// is when it leads.
  public void introduce(ControllerRecord self) {
    election.introduce(self);
    registry.register(self);
  }

  /// What a controller that does not lead knows.
  public Followed followed() {
    return new Followed(election, leaderWatch, mirror, registry);
  }

  /// Copies of everything that is stored.
  public EtcdSnapshots snapshots() {
    return new EtcdSnapshots(client.getKVClient(), new Calls(callTimeout));
  }

  /// The store over another view of etcd, such as a simulated one.
  ///
  /// @param limit of every call
  public static ClusterStore store(KV kv, Duration limit) {
    return new EtcdClusterStore(kv, key(LEADER), new Calls(limit));
  }

  @Override
  public void close() {
    registry.close();
    mirror.close();
    leaderWatch.close();
    election.close();
    client.close();
    executor.shutdownNow();
  }

  static ByteSequence key(String relative) {
    return ByteSequence.from(PREFIX + relative, StandardCharsets.UTF_8);
  }

  static String relative(ByteSequence key) {
    return key.toString(StandardCharsets.UTF_8).substring(PREFIX.length());
  }

  /// Waits for calls, but never for long.
  record Calls(Duration limit) {
    <T> T await(String what, CompletableFuture<T> call) throws StoreException {
      try {
        return call.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        call.cancel(true);
        throw new StoreException(
            "etcd did not answer " + what + " within " + limit.toMillis() + " ms", e);
      } catch (ExecutionException e) {
        throw new StoreException("etcd failed to " + what + ": " + e.getCause(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StoreException("interrupted while etcd was asked to " + what, e);
      }
    }
  }
}
