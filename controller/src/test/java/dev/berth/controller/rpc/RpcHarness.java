package dev.berth.controller.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import dev.berth.controller.core.CoreSettings;
import dev.berth.controller.loop.Changes;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.controller.loop.LoopClock;
import dev.berth.controller.loop.Snapshot;
import dev.berth.controller.loop.SnapshotListener;
import dev.berth.controller.metrics.CallTimings;
import dev.berth.controller.metrics.ControllerMetrics;
import dev.berth.controller.security.CertificateAuthority;
import dev.berth.controller.security.CertificateRequests;
import dev.berth.controller.security.ControllerIdentity;
import dev.berth.controller.security.Credentials;
import dev.berth.controller.security.LeafProfile;
import dev.berth.controller.security.PkiDirectory;
import dev.berth.controller.store.InMemoryStore;
import dev.berth.v1.AdminServiceGrpc;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.EnrollRequest;
import dev.berth.v1.EnrollResponse;
import dev.berth.v1.EnrollmentServiceGrpc;
import dev.berth.v1.InstanceServiceGrpc;
import dev.berth.v1.NodeServiceGrpc;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadServiceGrpc;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.function.Executable;

/// A controller in this process: real gRPC over mutual TLS, the real loop, a store in memory.
final class RpcHarness implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(60);

  /// Agents of tests send heartbeats only when that is the test.
  private static final CoreSettings PATIENT = new CoreSettings(2_000, 600_000, 1_200_000);

  final InMemoryStore store = new InMemoryStore();
  final AtomicReference<Duration> clockOffset = new AtomicReference<>(Duration.ZERO);
  final AgentSessions sessions = new AgentSessions();
  final ControllerLoop loop;
  final GrpcServers servers;
  final CertificateAuthority authority;
  private final ChangeFeed feed = new ChangeFeed();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final CountDownLatch leads = new CountDownLatch(1);

  RpcHarness(Path data) throws Exception {
    InstantSource clock = () -> Instant.now().plus(clockOffset.get());
    PkiDirectory pki = new PkiDirectory(data, List.of("localhost", "127.0.0.1"));
    authority = pki.prepare(Instant.now());
    ControllerMetrics metrics = new ControllerMetrics(sessions::count);
    loop =
        new ControllerLoop(
            new ControllerLoop.Ports(
                store.store(),
                store.election(),
                sessions,
                new Listener(),
                metrics,
                LoopClock.system()),
            PATIENT);
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    servers =
        GrpcServers.start(
            new GrpcServers.Parts(
                loop,
                sessions,
                feed,
                authority,
                new ControllerIdentity(authority, pki, Instant.now()),
                new CallTimings(metrics),
                clock),
            new GrpcServers.Addresses(anyPort, anyPort, "127.0.0.1", "test"),
            new LoneController());
    servers.open();
    loop.start();
    if (!leads.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("does not lead");
    }
  }

  private final class Listener implements SnapshotListener {
    @Override
    public void leadershipBegan(Snapshot first) {
      feed.leadershipBegan(first);
      leads.countDown();
    }

    @Override
    public void published(Snapshot before, Snapshot after, Changes changes) {
      feed.published(before, after, changes);
    }

    @Override
    public void leadershipEnded(String reason) {
      feed.leadershipEnded(reason);
      sessions.closeAll(reason);
    }
  }

  /// A node that has joined.
  ///
  /// @param credentials its key and certificate
  record Joined(String name, String uid, String clusterUid, Credentials credentials) {}

  /// A channel to the API port with someone's certificate.
  ManagedChannel channel(Credentials credentials) throws Exception {
    return channel(
        GrpcSslContexts.forClient()
            .keyManager(credentials.key(), credentials.chain())
            .trustManager(authority.certificate()),
        servers.apiPort());
  }

  /// A channel to the API port without a certificate.
  ManagedChannel anonymousChannel() throws Exception {
    return channel(
        GrpcSslContexts.forClient().trustManager(authority.certificate()), servers.apiPort());
  }

  /// A channel to the join port.
  ManagedChannel joinChannel() throws Exception {
    return channel(
        GrpcSslContexts.forClient().trustManager(authority.certificate()), servers.joinPort());
  }

  private ManagedChannel channel(SslContextBuilder tls, int port) throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).sslContext(tls.build()).build();
    channels.add(channel);
    return channel;
  }

  /// A channel of an administrator.
  ManagedChannel admin() throws Exception {
    return channel(authority.issue(LeafProfile.administrator("admin"), Instant.now()));
  }

  WorkloadServiceGrpc.WorkloadServiceBlockingStub workloads() throws Exception {
    return WorkloadServiceGrpc.newBlockingStub(admin());
  }

  InstanceServiceGrpc.InstanceServiceBlockingStub instances() throws Exception {
    return InstanceServiceGrpc.newBlockingStub(admin());
  }

  NodeServiceGrpc.NodeServiceBlockingStub nodes() throws Exception {
    return NodeServiceGrpc.newBlockingStub(admin());
  }

  AdminServiceGrpc.AdminServiceBlockingStub administration() throws Exception {
    return AdminServiceGrpc.newBlockingStub(admin());
  }

  /// A service of one small container.
  static CreateWorkloadRequest service(String name, int replicas) {
    return CreateWorkloadRequest.newBuilder()
        .setWorkload(
            Workload.newBuilder()
                .setName(name)
                .setSpec(
                    WorkloadSpec.newBuilder()
                        .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
                        .setReplicas(replicas)
                        .setContainer(ContainerSpec.newBuilder().setImage("berth/demo"))))
        .build();
  }

  /// A new token for a node, or, with an empty name, for any.
  String token(String node) throws Exception {
    return administration()
        .createToken(CreateTokenRequest.newBuilder().setNode(node).build())
        .getSecret();
  }

  EnrollResponse enroll(String token, String node, byte[] csr) throws Exception {
    return EnrollmentServiceGrpc.newBlockingStub(joinChannel())
        .enroll(
            EnrollRequest.newBuilder()
                .setToken(token)
                .setNode(node)
                .setCsr(ByteString.copyFrom(csr))
                .build());
  }

  /// Joins a node over the wire.
  Joined join(String name) throws Exception {
    KeyPair keys = CertificateRequests.ecKeys();
    EnrollResponse answer =
        enroll(token(name), name, CertificateRequests.plain(keys, "CN=" + name));
    X509Certificate leaf = certificate(answer.getCertificate());
    return new Joined(
        name,
        answer.getNodeUid(),
        answer.getClusterUid(),
        new Credentials(keys.getPrivate(), List.of(leaf, certificate(answer.getCaCertificate()))));
  }

  static X509Certificate certificate(ByteString der) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(der.toByteArray()));
  }

  /// Expects a refusal and returns it.
  static Status refused(Status.Code code, Executable call) {
    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, call);
    assertEquals(code, refused.getStatus().getCode(), refused.toString());
    return refused.getStatus();
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    loop.close();
    servers.close();
    feed.close();
  }
}
