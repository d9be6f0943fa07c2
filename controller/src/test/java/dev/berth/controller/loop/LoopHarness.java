package dev.berth.controller.loop;

import com.google.protobuf.ByteString;
import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.CoreSettings;
import dev.berth.controller.core.Outcome;
import dev.berth.controller.core.Refusal;
import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.Specs;
import dev.berth.controller.store.ClusterStore;
import dev.berth.controller.store.LeaderElection;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.Hello;
import dev.berth.v1.InstanceReport;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.Node;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.StatusReport;
import dev.berth.v1.Token;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.function.Predicate;

/// A loop with what surrounds it faked: agents that remember what they were told.
final class LoopHarness implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(20);

  private final ControllerLoop loop;
  private final AtomicLong sessions = new AtomicLong();
  private final Map<Long, Agent> agents = new ConcurrentHashMap<>();
  final BlockingQueue<String> leadership = new LinkedBlockingQueue<>();
  final BlockingQueue<Changes> changes = new LinkedBlockingQueue<>();
  private final AtomicBoolean broken = new AtomicBoolean();

  LoopHarness(ClusterStore store, LeaderElection election) {
    SessionPort port =
        new SessionPort() {
          @Override
          public void send(String node, long sessionId, OpenSessionResponse message) {
            Agent agent = agents.get(sessionId);
            if (agent != null) {
              agent.received.add(message);
            }
          }

          @Override
          public void close(String node, long sessionId, Refusal refusal) {
            Agent agent = agents.remove(sessionId);
            if (agent != null) {
              agent.closed.add(refusal);
            }
          }
        };
    SnapshotListener listener =
        new SnapshotListener() {
          @Override
          public void leadershipBegan(Snapshot first) {
            leadership.add("began " + first.state().epoch());
          }

          @Override
          public void published(Snapshot before, Snapshot after, Changes turn) {
            if (broken.getAndSet(false)) {
              throw new IllegalStateException("planned");
            }
            changes.add(turn);
          }

          @Override
          public void leadershipEnded(String reason) {
            leadership.add("ended " + reason);
          }
        };
    loop =
        new ControllerLoop(
            new ControllerLoop.Ports(
                store, election, port, listener, LoopMetrics.none(), LoopClock.system()),
            CoreSettings.DEFAULT);
    loop.start();
  }

  void awaitLeadership() throws InterruptedException {
    String said = leadership.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    if (said == null || !said.startsWith("began")) {
      throw new AssertionError("expected leadership, got " + said);
    }
  }

  /// The next turn meets an exception that nobody expects.
  void breakOnce() {
    broken.set(true);
  }

  ControllerLoop loop() {
    return loop;
  }

  ClusterState state() {
    return loop.snapshot().orElseThrow().state();
  }

  Outcome request(LongFunction<ClusterEvent.Request> event) throws Exception {
    return loop.request(event).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  <T> T succeed(Class<T> type, LongFunction<ClusterEvent.Request> event) throws Exception {
    return switch (request(event)) {
      case Outcome.Success success -> type.cast(success.answer());
      case Outcome.Refused refused -> throw new AssertionError(refused.toString());
    };
  }

  RefusalCode refuse(LongFunction<ClusterEvent.Request> event) throws Exception {
    return switch (request(event)) {
      case Outcome.Success success -> throw new AssertionError("accepted: " + success.answer());
      case Outcome.Refused refused -> refused.refusal().code();
    };
  }

  Workload create(String name, WorkloadSpec.Builder spec) throws Exception {
    CreateWorkloadRequest request =
        CreateWorkloadRequest.newBuilder()
            .setWorkload(Workload.newBuilder().setName(name).setSpec(spec))
            .build();
    return succeed(Workload.class, id -> new ClusterEvent.CreateWorkload(id, request));
  }

  /// Joins a node with a token of its own.
  Node join(String name) throws Exception {
    String id = "%010d".formatted(sessions.incrementAndGet());
    ByteString digest = ByteString.copyFrom(new byte[32]);
    succeed(
        Token.class,
        r -> new ClusterEvent.CreateToken(r, id, digest, CreateTokenRequest.getDefaultInstance()));
    return succeed(Node.class, r -> new ClusterEvent.EnrollNode(r, id, digest, name));
  }

  /// Opens a session of a node.
  Agent connect(Node node) {
    long id = sessions.incrementAndGet();
    Agent agent = new Agent(id, node.getName());
    agents.put(id, agent);
    agent.offer(
        new ClusterEvent.SessionOpened(
            id,
            node.getName(),
            Hello.newBuilder()
                .setNode(node.getName())
                .setNodeUid(node.getUid())
                .setClusterUid(state().clusterUid())
                .setDescription(Specs.host(4_000, 8_192))
                .build()));
    return agent;
  }

  @Override
  public void close() {
    loop.close();
  }

  /// What one session's agent was told.
  final class Agent {
    final BlockingQueue<OpenSessionResponse> received = new LinkedBlockingQueue<>();
    final BlockingQueue<Refusal> closed = new LinkedBlockingQueue<>();
    final Map<String, AssignedInstance> assigned = new LinkedHashMap<>();
    private final long session;
    private final String node;
    private long reports;
    private long revision;

    private Agent(long session, String node) {
      this.session = session;
      this.node = node;
    }

    private void offer(ClusterEvent.FromSession event) {
      if (!loop.offer(event)) {
        throw new AssertionError("refused: " + event);
      }
    }

    /// Takes messages until the assignments are as wanted.
    void await(Predicate<Map<String, AssignedInstance>> wanted) throws InterruptedException {
      long end = System.nanoTime() + LIMIT.toNanos();
      while (!wanted.test(assigned)) {
        OpenSessionResponse message = received.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (message == null) {
          throw new AssertionError("not as wanted: " + assigned + ", closed: " + closed);
        }
        take(message);
      }
    }

    private void take(OpenSessionResponse message) {
      if (message.hasAssignments()) {
        assigned.clear();
        message.getAssignments().getInstancesList().forEach(this::put);
        revision = message.getAssignments().getRevision();
      } else if (message.hasAssignmentChange()) {
        if (message.getAssignmentChange().getAppliesTo() != revision) {
          throw new AssertionError("has " + revision + ", got " + message);
        }
        revision = message.getAssignmentChange().getResultsIn();
        message.getAssignmentChange().getChangedList().forEach(this::put);
        message.getAssignmentChange().getRemovedList().forEach(assigned::remove);
      }
    }

    private void put(AssignedInstance instance) {
      assigned.put(instance.getInstanceId(), instance);
    }

    void report(String instance, InstanceState state) {
      offer(
          new ClusterEvent.StatusReported(
              session,
              node,
              StatusReport.newBuilder()
                  .setSequence(++reports)
                  .addInstances(
                      InstanceReport.newBuilder()
                          .setInstanceId(instance)
                          .setStatus(InstanceStatus.newBuilder().setState(state)))
                  .build()));
    }

    void disconnect() {
      offer(new ClusterEvent.SessionClosed(session, node, "test"));
    }
  }
}
