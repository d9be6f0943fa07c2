package dev.berth.agent.session;

import dev.berth.agent.journal.EpochFile;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.AgentMetrics;
import dev.berth.agent.port.WakeUp;
import dev.berth.client.ControllerAddress;
import dev.berth.spec.Durations;
import dev.berth.spec.Printable;
import dev.berth.v1.AgentServiceGrpc;
import dev.berth.v1.Hello;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.NodeNotice;
import dev.berth.v1.OpenStream;
import dev.berth.v1.RenewCertificateRequest;
import dev.berth.v1.RenewCertificateResponse;
import dev.berth.v1.Welcome;
import io.grpc.Channel;
import io.grpc.Status;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps one session with the controller that leads: dials one controller after the other, and
/// again when a session ends, for as long as it is not closed.
public final class ControllerSession implements Runnable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControllerSession.class);
  private static final long GOOD_MILLIS = 5_000;
  private static final int CALL_SECONDS = 10;

  /// Serves the streams that a controller asks for.
  public interface StreamServer {
    /// Begins to serve; returns at once.
    ///
    /// @param channel where to attach
    void serve(OpenStream request, Channel channel);
  }

  /// What a session works with.
  ///
  /// @param dialler makes connections
  /// @param epochs what was obeyed so far
  /// @param listener is told what the controller wants
  /// @param streams serves what it asks for
  /// @param metrics is told whether there is a session
  public record Ports(
      Dialler dialler,
      EpochFile epochs,
      SessionListener listener,
      StreamServer streams,
      AgentMetrics metrics) {}

  private final SessionSettings settings;
  private final Ports ports;
  private final AgentClock clock;
  private final BackOff backOff;
  private final LeaderSearch search;
  private final WakeUp wakeUp;
  private volatile boolean closed;
  private volatile @Nullable SessionStream current;
  private volatile @Nullable Channel channel;

  /// @param random for the jitter
  public ControllerSession(
      SessionSettings settings, Ports ports, AgentClock clock, RandomGenerator random) {
    this.settings = settings;
    this.ports = ports;
    this.clock = clock;
    this.wakeUp = new WakeUp(clock);
    this.backOff = new BackOff(settings.controllers().size(), random);
    this.search = new LeaderSearch(settings.controllers(), backOff);
  }

  /// Reports the latest status of an instance, now or in the next hello.
  public void report(String instanceId, InstanceStatus status) {
    SessionStream stream = current;
    if (stream != null) {
      stream.report(instanceId, status);
    }
  }

  /// Ends the reports of an instance.
  public void forget(String instanceId) {
    SessionStream stream = current;
    if (stream != null) {
      stream.forget(instanceId);
    }
  }

  /// Says what the host is now, if a session is open; otherwise the next hello does.
  public void describe(NodeDescription description) {
    SessionStream stream = current;
    if (stream != null) {
      stream.describe(description);
    }
  }

  /// Tells of something on the host, if a session is open; otherwise nobody hears of it.
  public void notice(NodeNotice notice) {
    SessionStream stream = current;
    if (stream != null) {
      stream.notice(notice);
    }
  }

  /// Asks the controller of the present session for a new certificate.
  ///
  /// @throws io.grpc.StatusRuntimeException when there is no session, or it refuses
  public RenewCertificateResponse renew(RenewCertificateRequest request) {
    Channel now = channel;
    if (now == null) {
      throw Status.UNAVAILABLE
          .withDescription("there is no session with a controller")
          .asRuntimeException();
    }
    return AgentServiceGrpc.newBlockingStub(now)
        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
        .renewCertificate(request);
  }

  @Override
  public void run() {
    LeaderSearch.Dial dial = search.first();
    try {
      while (!closed) {
        LeaderSearch.End end = attempt(dial.address());
        if (ports.listener().needsContact()) {
          // It has less time than others may take.
          backOff.spread(0);
        }
        dial = search.next(dial.address(), end);
        boolean _ = wakeUp.awaitUntil(clock.millis() + dial.waitMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Ends the session and dials no more.
  @Override
  public void close() {
    closed = true;
    wakeUp.call();
    SessionStream stream = current;
    if (stream != null) {
      stream.finish("the agent ends");
    }
  }

  /// One session, from dial to end.
  private LeaderSearch.End attempt(ControllerAddress address) throws InterruptedException {
    long began = clock.millis();
    Optional<ControllerAddress> leader = Optional.empty();
    boolean allLeave = false;
    AssignmentChain chain = new AssignmentChain(settings.membership().clusterUid(), ports.epochs());
    try (Dialler.Connection connection = ports.dialler().dial(address)) {
      Channel dialled = connection.channel();
      SessionStream stream =
          new SessionStream(
              clock,
              chain,
              ports.listener(),
              new Opening(address, dialled),
              backOff.connectMillis());
      // From here on changes are kept for the first report, so none falls behind the hello.
      current = stream;
      if (closed) {
        return new LeaderSearch.End(false, false, leader);
      }
      stream.dial(dialled, hello());
      String end = stream.keep();
      leader = stream.leader();
      allLeave = stream.allLeave();
      if (!closed) {
        LOG.warn(
            "session with {}: {}{}",
            address,
            Printable.escape(end),
            leader.map(each -> "; " + each + " leads").orElse(""));
      }
    } finally {
      current = null;
      channel = null;
      if (chain.welcomed()) {
        ports.metrics().session(false);
        ports.listener().closed();
      }
    }
    boolean lasted = chain.welcomed() && clock.millis() - began >= GOOD_MILLIS;
    return new LeaderSearch.End(lasted, allLeave, leader);
  }

  private Hello hello() {
    return Hello.newBuilder()
        .setNode(settings.membership().node())
        .setNodeUid(settings.membership().nodeUid())
        .setDescription(ports.listener().description())
        .addAllInstances(ports.listener().instances())
        .setHighestEpoch(ports.epochs().highest())
        .setClusterUid(settings.membership().clusterUid())
        .build();
  }

  /// Notes the welcome and where streams are attached.
  private final class Opening implements SessionStream.Incoming {
    private final ControllerAddress address;
    private final Channel dialled;

    Opening(ControllerAddress address, Channel dialled) {
      this.address = address;
      this.dialled = dialled;
    }

    @Override
    public void welcomed(Welcome welcome) {
      LOG.info(
          "session with {}: open, epoch {}", address, Long.toUnsignedString(welcome.getEpoch()));
      backOff.spread(Durations.fromProto(welcome.getDialSpread()).toMillis());
      channel = dialled;
      ports.metrics().session(true);
    }

    @Override
    public void openStream(OpenStream request) {
      ports.streams().serve(request, dialled);
    }
  }
}
