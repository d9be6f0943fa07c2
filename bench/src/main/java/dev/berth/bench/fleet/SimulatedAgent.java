package dev.berth.bench.fleet;

import com.google.protobuf.Duration;
import dev.berth.agent.session.BackOff;
import dev.berth.v1.AgentServiceGrpc;
import dev.berth.v1.AssignmentChange;
import dev.berth.v1.AssignmentSet;
import dev.berth.v1.Heartbeat;
import dev.berth.v1.Hello;
import dev.berth.v1.OpenSessionRequest;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.StatusReport;
import dev.berth.v1.Welcome;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContext;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One agent: its own connection and certificate, the protocol to the letter, and a runtime that
/// only pretends. Has no thread; everything happens when a message or an alarm comes.
public final class SimulatedAgent {
  private static final Metadata.Key<String> ALL_LEAVE =
      Metadata.Key.of("berth-all-leave", Metadata.ASCII_STRING_MARSHALLER);

  private final NodeIdentity identity;
  private final Connections connections;
  private final SslContext tls;
  private final RandomGenerator random;
  private final Alarm alarm;
  private final FleetTally tally;
  private final SimulatedRuntime runtime;
  private @Nullable Session session;
  private long highestEpoch;
  private final BackOff backOff;
  private boolean silent;
  private boolean closed;

  SimulatedAgent(
      NodeIdentity identity,
      SslContext tls,
      Connections connections,
      RuntimeScript script,
      RandomGenerator random,
      Alarm alarm,
      FleetTally tally) {
    this.identity = identity;
    this.connections = connections;
    this.tls = tls;
    this.random = random;
    this.backOff = new BackOff(1, random);
    this.alarm = alarm;
    this.tally = tally;
    this.runtime =
        new SimulatedRuntime(
            script, random, (millis, task) -> later(millis, task), this::report, tally);
  }

  /// Name of its node.
  public String node() {
    return identity.node().getName();
  }

  /// Whether its session has got its complete set.
  public synchronized boolean isInSync() {
    Session now = session;
    return now != null && now.revision != 0;
  }

  /// Says nothing any more, as a host that hangs; its connection stays open.
  public synchronized void silence() {
    silent = true;
  }

  /// Goes on after [#silence], with a new session.
  public synchronized void speak() {
    silent = false;
    drop("the agent speaks again");
    dial();
  }

  synchronized void close() {
    closed = true;
    drop("the agent ends");
  }

  /// Opens a session unless there is one.
  synchronized void dial() {
    if (closed || silent || session != null) {
      return;
    }
    Session fresh = new Session(connections.open(tls));
    session = fresh;
    fresh.requests = AgentServiceGrpc.newStub(fresh.channel).openSession(fresh);
    fresh.say(
        OpenSessionRequest.newBuilder()
            .setHello(
                Hello.newBuilder()
                    .setNode(node())
                    .setNodeUid(identity.node().getUid())
                    .setClusterUid(identity.clusterUid())
                    .setHighestEpoch(highestEpoch)
                    .setDescription(identity.node().getDescription())
                    .addAllInstances(runtime.reports()))
            .build());
  }

  private void later(long millis, Runnable task) {
    alarm.after(
        millis,
        () -> {
          synchronized (this) {
            if (!closed) {
              task.run();
              flush();
            }
          }
        });
  }

  private void report(String id, dev.berth.v1.InstanceStatus status) {
    Session now = session;
    if (now != null) {
      now.unsaid.put(id, status);
    }
  }

  private void flush() {
    Session now = session;
    if (now != null && !silent) {
      now.flush();
    }
  }

  private void drop(String why) {
    Session now = session;
    if (now != null) {
      session = null;
      now.end(why);
    }
  }

  /// Dials again after a while, as real agents do.
  private void dialLater() {
    later(backOff.nextMillis(), this::dial);
  }

  private static long millis(Duration duration) {
    return duration.getSeconds() * 1_000 + duration.getNanos() / 1_000_000;
  }

  /// One session. Its methods hold the agent's lock.
  private final class Session implements StreamObserver<OpenSessionResponse> {
    private final ManagedChannel channel;
    private final UnsaidReports unsaid = new UnsaidReports();
    private @Nullable StreamObserver<OpenSessionRequest> requests;
    private long epoch;
    private long revision;
    private long heartbeats;
    private long heartbeatMillis;

    Session(ManagedChannel channel) {
      this.channel = channel;
    }

    @Override
    public void onNext(OpenSessionResponse message) {
      synchronized (SimulatedAgent.this) {
        if (session != this || silent) {
          return;
        }
        switch (message.getMessageCase()) {
          case WELCOME -> welcome(message.getWelcome());
          case ASSIGNMENTS -> obey(message.getAssignments());
          case ASSIGNMENT_CHANGE -> obey(message.getAssignmentChange());
          case STATUS_ACK -> runtime.acknowledge(unsaid.acknowledge(message.getStatusAck()));
          case HEARTBEAT_ACK -> tally.heartbeats.incrementAndGet();
          case OPEN_STREAM, MESSAGE_NOT_SET -> {}
        }
        flush();
      }
    }

    private void welcome(Welcome welcome) {
      if (!welcome.getClusterUid().equals(identity.clusterUid())
          || Long.compareUnsigned(welcome.getEpoch(), highestEpoch) < 0) {
        refuse("a controller of another cluster, or of the past");
        return;
      }
      epoch = welcome.getEpoch();
      highestEpoch = epoch;
      backOff.reset();
      backOff.spread(millis(welcome.getDialSpread()));
      tally.sessions.incrementAndGet();
      heartbeatMillis = millis(welcome.getHeartbeatInterval());
      later(random.nextLong(heartbeatMillis) + 1, this::beat);
    }

    private void beat() {
      if (session != this) {
        return;
      }
      if (!silent) {
        heartbeats++;
        say(
            OpenSessionRequest.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder().setSequence(heartbeats))
                .build());
      }
      later(heartbeatMillis, this::beat);
    }

    private void obey(AssignmentSet set) {
      if (epoch == 0 || set.getEpoch() != epoch || revision != 0) {
        refuse("an assignment set at the wrong time");
        return;
      }
      runtime.acknowledgeAll();
      runtime.obey(set);
      revision = set.getRevision();
      tally.inSync.incrementAndGet();
    }

    private void obey(AssignmentChange change) {
      if (revision == 0 || change.getEpoch() != epoch || change.getAppliesTo() != revision) {
        refuse("an assignment change that does not follow");
        return;
      }
      runtime.obey(change);
      revision = change.getResultsIn();
    }

    private void refuse(String why) {
      drop(why);
      dialLater();
    }

    private void flush() {
      if (revision == 0) {
        return;
      }
      Optional<StatusReport> report = unsaid.next();
      while (report.isPresent()) {
        say(OpenSessionRequest.newBuilder().setStatusReport(report.get()).build());
        report = unsaid.next();
      }
    }

    private void say(OpenSessionRequest message) {
      StreamObserver<OpenSessionRequest> stream = requests;
      if (stream != null) {
        stream.onNext(message);
      }
    }

    private void end(String why) {
      if (revision != 0) {
        tally.inSync.decrementAndGet();
        revision = 0;
      }
      StreamObserver<OpenSessionRequest> stream = requests;
      if (stream != null) {
        stream.onError(Status.CANCELLED.withDescription(why).asRuntimeException());
      }
      channel.shutdownNow();
    }

    @Override
    public void onError(Throwable cause) {
      Metadata trailers = Status.trailersFromThrowable(cause);
      over(trailers != null && trailers.containsKey(ALL_LEAVE));
    }

    @Override
    public void onCompleted() {
      over(false);
    }

    private void over(boolean allLeave) {
      synchronized (SimulatedAgent.this) {
        channel.shutdownNow();
        if (session == this) {
          session = null;
          if (revision != 0) {
            tally.inSync.decrementAndGet();
          }
          if (allLeave) {
            backOff.takeTurn();
          }
          if (!closed && !silent) {
            dialLater();
          }
        }
      }
    }
  }
}
