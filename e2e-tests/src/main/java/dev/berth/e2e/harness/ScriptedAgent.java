package dev.berth.e2e.harness;

import dev.berth.client.ControllerAddress;
import dev.berth.client.ControllerChannel;
import dev.berth.v1.AgentServiceGrpc;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Heartbeat;
import dev.berth.v1.Hello;
import dev.berth.v1.Kind;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.OpenSessionRequest;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.Resources;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// An agent in this process, over real connections: what it is told to run runs at once and for
/// good. It dials the controllers in turn, and the leader when one is named, and it keeps the rules
/// of agents: no lower epoch, no other cluster.
public final class ScriptedAgent implements AutoCloseable {
  private static final Metadata.Key<String> LEADER =
      Metadata.Key.of("berth-leader", Metadata.ASCII_STRING_MARSHALLER);
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  /// A controller that says nothing for so long, though heartbeats are to be acknowledged, is given
  /// up.
  private static final Duration SILENCE = Duration.ofSeconds(4);

  private final NodeCredentials credentials;
  private final List<ControllerAddress> controllers;
  private final Map<String, ControllerChannel> channels = new ConcurrentHashMap<>();
  private final ScriptedRuntime runtime = new ScriptedRuntime();
  private final Thread thread;
  private volatile boolean closed;
  private final AtomicInteger sessions = new AtomicInteger();

  private ScriptedAgent(NodeCredentials credentials, List<ControllerAddress> controllers) {
    this.credentials = credentials;
    this.controllers = List.copyOf(controllers);
    this.thread = Thread.ofPlatform().daemon().name("agent-" + credentials.node()).start(this::run);
  }

  /// Joins a cluster and opens its first session.
  public static ScriptedAgent join(ControlPlane plane, String node) {
    try (Api api = plane.api()) {
      String digest = plane.ask(plane.awaitLeader()).getCaDigest();
      return new ScriptedAgent(
          NodeCredentials.join(
              node, api, plane.joinAddresses(), digest, plane.work().directory("nodes")),
          plane.addresses());
    }
  }

  /// What runs on the node.
  public ScriptedRuntime runtime() {
    return runtime;
  }

  /// How many sessions were welcomed so far.
  public int sessions() {
    return sessions.get();
  }

  private void run() {
    Deque<ControllerAddress> next = new ArrayDeque<>(controllers);
    while (!closed) {
      ControllerAddress address = next.poll();
      if (address == null) {
        next.addAll(controllers);
        sleep();
        continue;
      }
      String leader = session(address);
      if (leader != null) {
        next.addFirst(ControllerAddress.parse(leader));
      }
    }
  }

  private static void sleep() {
    java.util.concurrent.locks.LockSupport.parkNanos(PAUSE.toNanos());
  }

  /// What comes out of a session.
  private sealed interface Signal {
    record Message(OpenSessionResponse message) implements Signal {}

    record End(Status status, @Nullable String leader) implements Signal {}
  }

  /// Holds one session until it ends.
  ///
  /// @return the address of the leader when it was named
  private @Nullable String session(ControllerAddress address) {
    BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    ControllerChannel channel =
        channels.computeIfAbsent(
            address.toString(),
            _ -> ControllerChannel.open(List.of(address), credentials::identity));
    channel.reconnect();
    StreamObserver<OpenSessionRequest> stream =
        AgentServiceGrpc.newStub(channel.channel()).openSession(new Receiver(signals));
    stream.onNext(OpenSessionRequest.newBuilder().setHello(hello()).build());
    long heartbeats = 0;
    long reports = 0;
    long heardAt = System.nanoTime();
    long beatAt = System.nanoTime() + HEARTBEAT.toNanos();
    while (!closed) {
      Signal signal = poll(signals, beatAt - System.nanoTime());
      switch (signal) {
        case null -> {
          if (System.nanoTime() - heardAt > SILENCE.toNanos()) {
            stream.onError(Status.CANCELLED.asRuntimeException());
            return null;
          }
          heartbeats++;
          stream.onNext(
              OpenSessionRequest.newBuilder()
                  .setHeartbeat(Heartbeat.newBuilder().setSequence(heartbeats))
                  .build());
          beatAt = System.nanoTime() + HEARTBEAT.toNanos();
        }
        case Signal.End(_, String leader) -> {
          return leader;
        }
        case Signal.Message(OpenSessionResponse message) -> {
          heardAt = System.nanoTime();
          if (message.hasWelcome()) {
            sessions.incrementAndGet();
          }
          if (!runtime.obey(message, credentials.clusterUid())) {
            stream.onError(Status.CANCELLED.asRuntimeException());
            sleep();
            return null;
          }
          reports = runtime.report(reports, stream::onNext);
        }
      }
    }
    stream.onError(Status.CANCELLED.asRuntimeException());
    return null;
  }

  private @Nullable Signal poll(BlockingQueue<Signal> signals, long nanos) {
    try {
      return signals.poll(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      closed = true;
      return new Signal.End(Status.CANCELLED, null);
    }
  }

  private Hello hello() {
    return runtime
        .hello()
        .setNode(credentials.node())
        .setNodeUid(credentials.nodeUid())
        .setClusterUid(credentials.clusterUid())
        .setDescription(
            NodeDescription.newBuilder()
                .setAddress("127.0.0.1")
                .setCapacity(
                    Resources.newBuilder().setCpuMillis(10_000_000).setMemoryBytes(1L << 42))
                .setDynamicPortFirst(20_000)
                .setDynamicPortLast(20_099)
                .addDrivers(
                    DriverDescription.newBuilder()
                        .setName("docker")
                        .setKind(Kind.KIND_CONTAINER)
                        .setAvailable(true)))
        .build();
  }

  /// Hands on what comes.
  private record Receiver(BlockingQueue<Signal> signals)
      implements StreamObserver<OpenSessionResponse> {
    @Override
    public void onNext(OpenSessionResponse message) {
      signals.add(new Signal.Message(message));
    }

    @Override
    public void onError(Throwable cause) {
      Metadata trailers = Status.trailersFromThrowable(cause);
      signals.add(
          new Signal.End(
              Status.fromThrowable(cause), trailers == null ? null : trailers.get(LEADER)));
    }

    @Override
    public void onCompleted() {
      signals.add(new Signal.End(Status.OK, null));
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    channels.values().forEach(ControllerChannel::close);
  }
}
