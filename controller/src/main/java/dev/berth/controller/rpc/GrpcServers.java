package dev.berth.controller.rpc;

import com.google.protobuf.ByteString;
import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.controller.security.CertificateAuthority;
import dev.berth.controller.security.ClientTrust;
import dev.berth.controller.security.ControllerIdentity;
import dev.berth.controller.security.LoginSeal;
import dev.berth.controller.security.SecurityFailure;
import dev.berth.controller.security.TlsContexts;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/// The two gRPC servers: the API port, where every caller shows a certificate, and the join port,
/// where hosts show a token.
public final class GrpcServers implements AutoCloseable {
  private static final int IO_THREADS = 2;
  private static final int CONNECTIONS_WAITING = 256;
  private static final int TRANSPORT_MESSAGE_MAX = Parsed.SIZE_MAX;
  private static final int CALLS_PER_CONNECTION = 1000;
  private static final int JOIN_CALLS_PER_CONNECTION = 4;
  // A connection on which more calls are given up than this is closed. Members whose patience ends
  // in an overload give up thousands; a new connection for each of them would add to it.
  private static final int GIVEN_UP_SECONDS = 10;
  private static final int GIVEN_UP_CALLS = 50_000;
  private static final int STRANGERS_GIVEN_UP_CALLS = 500;

  private final Parts parts;
  private final HealthStatusManager health = new HealthStatusManager();
  private final EventLoopGroup io =
      new NioEventLoopGroup(IO_THREADS, Thread.ofPlatform().daemon().name("grpc-io-", 0).factory());
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("grpc-timer").factory());
  private final ExecutorService joinCalls =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("join-", 0).factory());
  private final ExecutorService blockingCalls =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("blocking-", 0).factory());
  private final Controllers controllers;
  private final LoginSeal seal;
  private final PeerChannels peers;
  private final Forwarding forwarding;
  private final Access access;
  private final Door door = new Door();
  private final Server join;
  private final Server api;

  /// What the services work on.
  ///
  /// @param loop takes requests and events, gives snapshots
  /// @param sessions the loop's port to agents
  /// @param feed what watchers see
  /// @param authority issues certificates for nodes
  /// @param identity what both servers present
  /// @param timings sees every call; first in line
  /// @param clock for certificates
  public record Parts(
      ControllerLoop loop,
      AgentSessions sessions,
      ChangeFeed feed,
      CertificateAuthority authority,
      ControllerIdentity identity,
      ServerInterceptor timings,
      InstantSource clock) {}

  /// Where the servers listen; port 0 is any free one.
  ///
  /// @param api the API port
  /// @param join the join port
  /// @param joinHost under which agents reach the join port
  /// @param version of this controller
  public record Addresses(
      InetSocketAddress api, InetSocketAddress join, String joinHost, String version) {}

  private GrpcServers(Parts parts, Addresses addresses, Controllers controllers)
      throws IOException, SecurityFailure {
    this.parts = parts;
    this.controllers = controllers;
    this.seal = new LoginSeal(parts.authority());
    this.peers = new PeerChannels(parts.identity(), parts.authority().certificate(), io);
    this.forwarding = new Forwarding(controllers, peers, timer);
    this.access =
        new Access(parts.loop()::snapshot, parts.clock(), parts.authority().certificate());
    NodeCertificates certificates =
        new NodeCertificates(parts.authority(), parts.clock(), this::remember);
    this.join = joinServer(addresses.join(), certificates);
    ClusterFacts facts =
        new ClusterFacts(
            addresses.version(),
            parts.authority().digest(),
            hostAndPort(addresses.joinHost(), join.getPort()));
    this.api = apiServer(addresses.api(), facts, certificates);
    setServing(false);
  }

  /// Starts both.
  ///
  /// @param controllers the others
  /// @throws IOException when a port cannot be bound; the message says which
  public static GrpcServers start(Parts parts, Addresses addresses, Controllers controllers)
      throws IOException, SecurityFailure {
    return new GrpcServers(parts, addresses, controllers);
  }

  /// Follows the leader: what only it can answer is handed on to it.
  ///
  /// @param leader another controller that leads; empty: none does, or this one
  public void leaderChanged(Optional<Controllers.Peer> leader) {
    forwarding.leaderChanged(leader);
  }

  /// Answers callers of the API from now on; until then they wait.
  public void open() {
    door.open();
  }

  /// The port of the API.
  public int apiPort() {
    return api.getPort();
  }

  /// The port for joining.
  public int joinPort() {
    return join.getPort();
  }

  /// Everything that is bound to the API port.
  List<ServerServiceDefinition> apiServices() {
    return api.getServices();
  }

  /// Everything that is bound to the join port.
  List<ServerServiceDefinition> joinServices() {
    return join.getServices();
  }

  /// Ends the streams of those who may not go on; also done every 10 s.
  void recheckStreams() {
    access.recheckStreams();
  }

  /// What the health service says.
  public void setServing(boolean serving) {
    health.setStatus(
        HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
        serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
  }

  /// Writes an address so that it can be read again: IPv6 in brackets.
  public static String hostAndPort(String host, int port) {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  private Server apiServer(
      InetSocketAddress address, ClusterFacts facts, NodeCertificates certificates)
      throws IOException, SecurityFailure {
    ControllerLoop loop = parts.loop();
    StreamBroker broker = new StreamBroker(parts.sessions(), timer);
    var _ =
        timer.scheduleWithFixedDelay(
            access::recheckStreams,
            Access.RECHECK_SECONDS,
            Access.RECHECK_SECONDS,
            TimeUnit.SECONDS);
    CallGuard guard = new CallGuard(access, timer, this::otherLeader);
    ClientTrust trust =
        ClientTrust.in(parts.authority().certificate(), new KnownMembers(loop::snapshot));
    SslContextBuilder tls =
        SslContextBuilder.forServer(parts.identity())
            .trustManager(trust)
            .clientAuth(ClientAuth.REQUIRE);
    // Adapters never block, so calls run on the threads that read them.
    NettyServerBuilder builder =
        builder(address, tls, Runnable::run)
            .channelFactory(door)
            .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
            .maxRstFramesPerWindow(GIVEN_UP_CALLS, GIVEN_UP_SECONDS);
    List<BindableService> services =
        List.of(
            new WorkloadRpc(loop),
            new InstanceRpc(loop, parts.feed(), broker),
            new ExecRpc(loop, broker),
            new ImageRpc(loop, broker, seal, timer),
            new VolumeRpc(loop, broker, timer),
            new NetworkRpc(loop, broker, timer),
            new VmRpc(loop, broker),
            new NodeRpc(loop, broker, timer),
            new NamespaceRpc(loop),
            new RegistryRpc(loop, seal),
            new EventRpc(loop, parts.feed()),
            new AdminRpc(
                loop, facts, controllers, new ControllerListing(controllers, peers), blockingCalls),
            new AgentRpc(
                loop, parts.sessions(), broker, certificates, new UnsealedLogins(seal), timer),
            new EnrollmentRpc(loop, certificates, parts.authority().digest()),
            health.getHealthService(),
            ProtoReflectionServiceV1.newInstance());
    services.forEach(
        service -> builder.addService(guard.guard(forwarding.route(service.bindService()))));
    return start(builder.intercept(parts.timings()), address, "api-address");
  }

  private Server joinServer(InetSocketAddress address, NodeCertificates certificates)
      throws IOException {
    CallGuard guard = new CallGuard(new OpenGate(), timer, Optional::empty);
    EnrollmentRpc enrollment =
        new EnrollmentRpc(parts.loop(), certificates, parts.authority().digest());
    NettyServerBuilder builder =
        builder(address, SslContextBuilder.forServer(parts.identity()), joinCalls)
            .maxConcurrentCallsPerConnection(JOIN_CALLS_PER_CONNECTION)
            .maxRstFramesPerWindow(STRANGERS_GIVEN_UP_CALLS, GIVEN_UP_SECONDS)
            .maxConnectionIdle(1, TimeUnit.MINUTES)
            .addService(guard.guard(forwarding.route(enrollment.bindService())))
            .intercept(parts.timings());
    return start(builder, address, "join-address");
  }

  /// Nobody waits for it: a certificate that was not remembered is checked in full.
  private void remember(String node, String uid, ByteString digest) {
    var _ = parts.loop().request(id -> new ClusterEvent.RecordCertificate(id, node, uid, digest));
  }

  private Optional<String> otherLeader() {
    return controllers.otherLeader().map(Controllers.Peer::address);
  }

  private NettyServerBuilder builder(
      InetSocketAddress address, SslContextBuilder tls, Executor executor) throws SSLException {
    return NettyServerBuilder.forAddress(address)
        .sslContext(TlsContexts.build(tls))
        .executor(executor)
        .bossEventLoopGroup(io)
        .workerEventLoopGroup(io)
        .channelType(NioServerSocketChannel.class)
        .withOption(ChannelOption.SO_BACKLOG, CONNECTIONS_WAITING)
        .withOption(ChannelOption.RCVBUF_ALLOCATOR, oneAtATime())
        .handshakeTimeout(10, TimeUnit.SECONDS)
        .keepAliveTime(20, TimeUnit.SECONDS)
        .keepAliveTimeout(10, TimeUnit.SECONDS)
        .permitKeepAliveTime(5, TimeUnit.SECONDS)
        .maxInboundMessageSize(TRANSPORT_MESSAGE_MAX);
  }

  /// Accepts one connection for each round of work on those there are. When all agents of a large
  /// cluster dial at once, those that were let in finish their handshakes, and the others wait in
  /// the kernel, where they cost nothing; were all let in, all would come too late.
  private static RecvByteBufAllocator oneAtATime() {
    return new ServerChannelRecvByteBufAllocator().maxMessagesPerRead(1);
  }

  private static Server start(NettyServerBuilder builder, InetSocketAddress address, String key)
      throws IOException {
    try {
      return builder.build().start();
    } catch (IOException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          "%s: cannot listen on %s: %s"
              .formatted(
                  key, hostAndPort(address.getHostString(), address.getPort()), cause.getMessage()),
          e);
    }
  }

  /// Lets everyone in: the token decides.
  private static final class OpenGate implements CallGuard.Gate {
    @Override
    public Context admit(ServerCall<?, ?> call, Metadata headers) {
      return Context.current();
    }

    @Override
    public void ended(ServerCall<?, ?> call) {}
  }

  /// Lets nobody new in; what is under way goes on.
  public void refuse() {
    health.enterTerminalState();
    api.shutdown();
    join.shutdown();
  }

  /// Refuses new calls, gives those under way two seconds, then ends them.
  @Override
  public void close() {
    refuse();
    try {
      if (!api.awaitTermination(2, TimeUnit.SECONDS)) {
        api.shutdownNow();
      }
      join.shutdownNow();
      var _ = api.awaitTermination(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      api.shutdownNow();
    }
    timer.shutdownNow();
    joinCalls.shutdownNow();
    blockingCalls.shutdownNow();
    peers.close();
    var _ = io.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
