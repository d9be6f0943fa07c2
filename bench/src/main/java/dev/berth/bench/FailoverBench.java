package dev.berth.bench;

import dev.berth.e2e.harness.Api;
import dev.berth.e2e.harness.ControlPlane;
import dev.berth.e2e.harness.ControllerProcess;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.ScriptedAgent;
import dev.berth.v1.Instance;
import dev.berth.v1.ListInstancesRequest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/// How long a cluster of three controllers over three etcds binds nothing when its leader dies, and
/// when it is asked to stop, under load; and whether any request was lost or carried out twice.
final class FailoverBench {
  private static final int MEMBERS = 3;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Options options;
  private final Report report;
  private final Samples deaths = new Samples();
  private final Samples handOvers = new Samples();
  private int probes;

  FailoverBench(Options options, Report report) {
    this.options = options;
    this.report = report;
  }

  void run() {
    try (ControlPlane plane = ControlPlane.start(MEMBERS, MEMBERS, List.of(), List.of());
        ScriptedAgent one = ScriptedAgent.join(plane, "n1");
        ScriptedAgent other = ScriptedAgent.join(plane, "n2");
        Api api = plane.api();
        FailoverLoad load = FailoverLoad.start(plane)) {
      List<ScriptedAgent> agents = List.of(one, other);
      probe(api);
      for (int i = 0; i < options.count(); i++) {
        deaths.addNanos(once(plane, api, agents, "KILL"));
        Progress.say("kill -9: " + (i + 1) + " of " + options.count());
      }
      for (int i = 0; i < options.count(); i++) {
        handOvers.addNanos(once(plane, api, agents, "TERM"));
        Progress.say("SIGTERM: " + (i + 1) + " of " + options.count());
      }
      print(load.verdict(api, agents), agents);
    }
  }

  /// Ends the leader, and answers how long it took to bind something that was asked for after that.
  private long once(ControlPlane plane, Api api, List<ScriptedAgent> agents, String signal) {
    ControllerProcess leader = plane.awaitLeader();
    List<Integer> sessions = agents.stream().map(ScriptedAgent::sessions).toList();
    long begun = System.nanoTime();
    leader.daemon().signal(signal);
    probe(api);
    long nanos = System.nanoTime() - begun;
    int _ = leader.daemon().awaitEnd(LIMIT);
    leader.relaunch();
    leader.awaitServing();
    for (int i = 0; i < agents.size(); i++) {
      int before = sessions.get(i);
      var _ =
          Eventually.within(
              LIMIT, "agents are back", agents.get(i)::sessions, count -> count > before);
    }
    return nanos;
  }

  /// Creates a workload and waits until its instance has a node.
  private void probe(Api api) {
    probes++;
    String name = "probe-" + probes;
    FailoverLoad.create(api, name, UUID.randomUUID().toString());
    ListInstancesRequest request = ListInstancesRequest.newBuilder().setWorkload(name).build();
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      List<Instance> instances =
          FailoverLoad.patiently(() -> api.instances().listInstances(request)).getInstancesList();
      if (!instances.isEmpty() && !instances.getFirst().getNode().isEmpty()) {
        return;
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(name + " got no node within " + LIMIT);
      }
      java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private void print(FailoverLoad.Verdict verdict, List<ScriptedAgent> agents) {
    long restarts =
        agents.stream()
            .flatMap(agent -> agent.runtime().starts().values().stream())
            .filter(starts -> starts > 1)
            .count();
    report.line("From the leader's end to the first new binding, under load:");
    report.line(Samples.heading());
    report.line(deaths.row("kill -9"));
    report.line(handOvers.row("SIGTERM"));
    report.line(
        "%d requests acknowledged: %d lost, %d carried out twice; %d slots started twice"
            .formatted(verdict.acknowledged(), verdict.lost(), verdict.doubled(), restarts));
    report.figure("kill_p50_ms", deaths.median());
    report.figure("kill_max_ms", deaths.max());
    report.figure("term_p50_ms", handOvers.median());
    report.figure("term_max_ms", handOvers.max());
    report.figure("requests", verdict.acknowledged());
    report.figure("lost", verdict.lost());
    report.figure("doubled", verdict.doubled());
    report.figure("restarts", restarts);
    report.end();
  }
}
