package dev.berth.agent.session;

import dev.berth.agent.port.AgentClock;
import dev.berth.client.ControllerAddress;
import dev.berth.spec.Durations;
import dev.berth.v1.AgentServiceGrpc;
import dev.berth.v1.Heartbeat;
import dev.berth.v1.Hello;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.NodeNotice;
import dev.berth.v1.OpenSessionRequest;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.OpenStream;
import dev.berth.v1.StatusReport;
import dev.berth.v1.Welcome;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One session: from the dial to its end.
final class SessionStream
    implements ClientResponseObserver<OpenSessionRequest, OpenSessionResponse> {
  /// Time for the welcome: a new leader has many agents to welcome.
  private static final long WELCOME_MILLIS = 10_000;

  /// Where a controller that does not lead says who does: host:port.
  private static final Metadata.Key<String> LEADER =
      Metadata.Key.of("berth-leader", Metadata.ASCII_STRING_MARSHALLER);

  /// With the end of a session when the controller ends all of them.
  private static final Metadata.Key<String> ALL_LEAVE =
      Metadata.Key.of("berth-all-leave", Metadata.ASCII_STRING_MARSHALLER);

  /// A controller that says nothing for so many heartbeats is taken for dead, and in any case
  /// before this node could be lost.
  private static final long SILENT_HEARTBEATS = 3;

  /// Heartbeats within the fence timeout where something depends on it, so that one may be late.
  private static final long FENCE_HEARTBEATS = 4;

  private static final long ACKNOWLEDGE_MILLIS = 5_000;
  private static final int UNACKNOWLEDGED_BEATS_MAX = 64;
  private static final long HEARTBEAT_MIN_MILLIS = 50;

  /// Is told what concerns the connection.
  interface Incoming {
    /// The session is open.
    void welcomed(Welcome welcome);

    /// The controller asks for a stream.
    void openStream(OpenStream request);
  }

  private final AgentClock clock;
  private final AssignmentChain chain;
  private final SessionListener listener;
  private final Incoming incoming;
  private final long connectMillis;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ReportQueue reports = new ReportQueue();
  private @Nullable ClientCallStreamObserver<OpenSessionRequest> call;
  private @Nullable String end;
  private boolean connected;
  private boolean open;
  private volatile @Nullable ControllerAddress leader;
  private volatile boolean allLeave;
  private long heartbeatMillis;
  private long lostMillis;
  private boolean takesNotices;
  private long fenceMillis;
  private long heartbeats;
  private final TreeMap<Long, Long> beats = new TreeMap<>();
  private volatile long helloMillis;
  private volatile long heardMillis;

  /// @param connectMillis time for the connection
  SessionStream(
      AgentClock clock,
      AssignmentChain chain,
      SessionListener listener,
      Incoming incoming,
      long connectMillis) {
    this.clock = clock;
    this.chain = chain;
    this.listener = listener;
    this.incoming = incoming;
    this.connectMillis = connectMillis;
  }

  /// Dials and says hello.
  void dial(Channel channel, Hello hello) {
    AgentServiceGrpc.newStub(channel).openSession(this);
    helloMillis = clock.bootMillis();
    send(OpenSessionRequest.newBuilder().setHello(hello).build());
  }

  /// Keeps the session alive until it ends.
  ///
  /// @return why it ended, for people
  String keep() throws InterruptedException {
    heardMillis = clock.millis();
    long nextHeartbeat = Long.MAX_VALUE;
    lock.lock();
    try {
      while (end == null) {
        long now = clock.millis();
        if (open && nextHeartbeat == Long.MAX_VALUE) {
          nextHeartbeat = now + beatMillis();
        }
        long silent = silentMillis();
        if (now - heardMillis >= silent) {
          finish("the controller has said nothing for " + (now - heardMillis) + " ms");
          break;
        }
        if (now >= nextHeartbeat) {
          nextHeartbeat = now + beatMillis();
          beat(now);
        }
        long until = Math.min(nextHeartbeat, heardMillis + silent);
        clock.awaitUntil(lock, changed, until);
      }
      return String.valueOf(end);
    } finally {
      lock.unlock();
    }
  }

  /// The leader that the controller named when it ended the session; empty when it named nobody.
  Optional<ControllerAddress> leader() {
    return Optional.ofNullable(leader);
  }

  /// Whether the controller said at the end that it ends all its sessions.
  boolean allLeave() {
    return allLeave;
  }

  private long silentMillis() {
    if (open) {
      long silent = SILENT_HEARTBEATS * beatMillis();
      return lostMillis > 0 ? Math.min(silent, lostMillis * 4 / 5) : silent;
    }
    return connected ? WELCOME_MILLIS : connectMillis;
  }

  private long beatMillis() {
    return fenceMillis > 0 && listener.needsContact()
        ? Math.min(heartbeatMillis, Math.max(HEARTBEAT_MIN_MILLIS, fenceMillis / FENCE_HEARTBEATS))
        : heartbeatMillis;
  }

  /// Reports the latest status of an instance as soon as the session is open.
  void report(String instanceId, InstanceStatus status) {
    lock.lock();
    try {
      reports.put(instanceId, status);
      flush();
    } finally {
      lock.unlock();
    }
  }

  void forget(String instanceId) {
    lock.lock();
    try {
      reports.forget(instanceId);
    } finally {
      lock.unlock();
    }
  }

  void describe(NodeDescription description) {
    lock.lock();
    try {
      if (open) {
        send(OpenSessionRequest.newBuilder().setDescription(description).build());
      }
    } finally {
      lock.unlock();
    }
  }

  void notice(NodeNotice notice) {
    lock.lock();
    try {
      if (open && takesNotices) {
        send(OpenSessionRequest.newBuilder().setNotice(notice).build());
      }
    } finally {
      lock.unlock();
    }
  }

  /// Ends the session from this side.
  void finish(String reason) {
    lock.lock();
    try {
      if (end == null) {
        end = reason;
        open = false;
        ClientCallStreamObserver<OpenSessionRequest> stream = call;
        if (stream != null) {
          stream.cancel(reason, null);
        }
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<OpenSessionRequest> stream) {
    lock.lock();
    try {
      call = stream;
    } finally {
      lock.unlock();
    }
    stream.setOnReadyHandler(this::ready);
  }

  @Override
  public void onNext(OpenSessionResponse message) {
    long arrived = clock.nanos();
    heardMillis = clock.millis();
    try {
      switch (message.getMessageCase()) {
        case WELCOME -> welcome(message.getWelcome());
        case ASSIGNMENTS -> {
          chain.complete(message.getAssignments());
          listener.contact(helloMillis);
          listener.complete(message.getAssignments(), arrived);
        }
        case ASSIGNMENT_CHANGE -> {
          chain.change(message.getAssignmentChange());
          listener.changed(message.getAssignmentChange(), arrived);
        }
        case STATUS_ACK -> acknowledge(message.getStatusAck());
        case OPEN_STREAM -> incoming.openStream(message.getOpenStream());
        case HEARTBEAT_ACK -> acknowledgeHeartbeat(message.getHeartbeatAck());
        case MESSAGE_NOT_SET -> {
          // It is enough that something was heard.
        }
      }
    } catch (AssignmentChain.BrokenException e) {
      finish(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void onError(Throwable cause) {
    Status status = Status.fromThrowable(cause);
    Metadata trailers = Status.trailersFromThrowable(cause);
    leader = namedLeader(status, trailers);
    allLeave = trailers != null && trailers.containsKey(ALL_LEAVE);
    String detail = status.getCause() == null ? "" : " (" + status.getCause().getMessage() + ")";
    ended(status.getCode() + ": " + status.getDescription() + detail);
  }

  @Override
  public void onCompleted() {
    ended("the controller closed the session");
  }

  private void welcome(Welcome welcome) throws AssignmentChain.BrokenException {
    chain.welcome(welcome);
    incoming.welcomed(welcome);
    listener.opened(
        welcome.getEpoch(),
        Durations.fromProto(welcome.getLostTimeout()),
        Durations.fromProto(welcome.getFenceTimeout()));
    lock.lock();
    try {
      heartbeatMillis =
          Math.max(
              HEARTBEAT_MIN_MILLIS, Durations.fromProto(welcome.getHeartbeatInterval()).toMillis());
      lostMillis = Durations.fromProto(welcome.getLostTimeout()).toMillis();
      fenceMillis = Durations.fromProto(welcome.getFenceTimeout()).toMillis();
      takesNotices = welcome.getTakesNotices();
      open = end == null;
      changed.signalAll();
      flush();
    } finally {
      lock.unlock();
    }
  }

  private void acknowledge(long upTo) {
    lock.lock();
    try {
      reports.acknowledge(upTo);
      flush();
    } finally {
      lock.unlock();
    }
  }

  private void acknowledgeHeartbeat(long sequence) {
    Long sentMillis;
    lock.lock();
    try {
      sentMillis = beats.get(sequence);
      if (sentMillis != null) {
        beats.headMap(sequence, true).clear();
      }
    } finally {
      lock.unlock();
    }
    if (sentMillis != null && chain.isComplete()) {
      listener.contact(sentMillis);
    }
  }

  private void ready() {
    lock.lock();
    try {
      if (!connected) {
        connected = true;
        heardMillis = clock.millis();
        changed.signalAll();
      }
      flush();
    } finally {
      lock.unlock();
    }
  }

  private void beat(long now) {
    heartbeats++;
    if (beats.size() >= UNACKNOWLEDGED_BEATS_MAX) {
      beats.pollFirstEntry();
    }
    // Before it is sent: contact is counted from here.
    beats.put(heartbeats, clock.bootMillis());
    send(
        OpenSessionRequest.newBuilder()
            .setHeartbeat(Heartbeat.newBuilder().setSequence(heartbeats))
            .build());
    reports.repeatOlderThan(now - ACKNOWLEDGE_MILLIS);
    flush();
  }

  /// Sends what is to be reported, as far as the connection takes it.
  private void flush() {
    ClientCallStreamObserver<OpenSessionRequest> stream = call;
    while (open && stream != null && stream.isReady()) {
      Optional<StatusReport> report = reports.next(clock.millis());
      if (report.isEmpty()) {
        return;
      }
      send(OpenSessionRequest.newBuilder().setStatusReport(report.get()).build());
    }
  }

  private void send(OpenSessionRequest message) {
    lock.lock();
    try {
      ClientCallStreamObserver<OpenSessionRequest> stream = call;
      if (end == null && stream != null) {
        stream.onNext(message);
      }
    } finally {
      lock.unlock();
    }
  }

  private static @Nullable ControllerAddress namedLeader(
      Status status, @Nullable Metadata trailers) {
    boolean doesNotLead =
        status.getCode() == Status.Code.UNAVAILABLE
            || status.getCode() == Status.Code.FAILED_PRECONDITION;
    String named = trailers == null ? null : trailers.get(LEADER);
    if (!doesNotLead || named == null) {
      return null;
    }
    try {
      return ControllerAddress.parse(named);
    } catch (IllegalArgumentException _) {
      // As good as no name; the next controller in the list is asked.
      return null;
    }
  }

  private void ended(String reason) {
    lock.lock();
    try {
      open = false;
      if (end == null) {
        end = reason;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
