package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.client.ControllerAddress;
import dev.berth.e2e.harness.AgentProcess;
import dev.berth.e2e.harness.Api;
import dev.berth.e2e.harness.Cleanup;
import dev.berth.e2e.harness.Cli;
import dev.berth.e2e.harness.ControlPlane;
import dev.berth.e2e.harness.ControllerProcess;
import dev.berth.e2e.harness.Daemon;
import dev.berth.e2e.harness.DockerHost;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.Host;
import dev.berth.e2e.harness.Quay;
import dev.berth.v1.CreateTokenRequest;
import io.grpc.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Two hundred streams of commands and logs at once, through each of three controllers, while one
/// of the programs that carry them is killed. Every client ends with a word and a code, or goes on;
/// no thread, descriptor or command is left.
class StreamFaultsIT {
  private static final int EACH_OF_A_CONTROLLER = 32;
  private static final int MORE_BY_COMMAND_LINE = 4;
  private static final Duration LIMIT = Duration.ofMinutes(2);
  // Pools keep some threads for a while; a leak would be as many as there were streams.
  private static final int SLACK = 40;
  private static final String[] TICKING = {"sh", "-c", "while :; do echo tick; sleep 1; done"};

  private final Cleanup cleanup = new Cleanup();
  private final List<Client> clients = new ArrayList<>();
  private final List<HeldStreams> held = new ArrayList<>();
  private ControlPlane plane;
  private DockerHost docker;
  private AgentProcess agent;
  private Api api;

  /// A command line in the background.
  ///
  /// @param through the controller that it speaks to first
  private record Client(Daemon process, ControllerProcess through, boolean logs) {}

  /// What a process holds.
  private record Holdings(long descriptors, long threads) {
    static Holdings of(long pid) {
      return new Holdings(
          count(Path.of("/proc", "" + pid, "fd")), count(Path.of("/proc", "" + pid, "task")));
    }

    private static long count(Path directory) {
      try (Stream<Path> list = Files.list(directory)) {
        return list.count();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    boolean isLike(Holdings before) {
      return descriptors <= before.descriptors + SLACK && threads <= before.threads + SLACK;
    }
  }

  @BeforeEach
  void start() {
    RealHosts.required("setpriv");
    try {
      Quay quay = Quay.make();
      cleanup.add(quay::close);
      plane = ControlPlane.startAt(quay, 3, 1);
      cleanup.add(plane::close);
      docker =
          DockerHost.start(quay, "host-1", plane.work().directory("d"), List.of("--live-restore"));
      cleanup.add(docker::close);
      docker.importDemo();
      api = plane.api();
      cleanup.add(api::close);
      agent = AgentProcess.launch(plane.work().directory("a"), Host.of(docker), agentFlags());
      cleanup.add(agent::close);
      cleanup.add(this::stopInstances);
      agent.awaitReady();
      run("web", "berth/demo");
      run("p", "--kind", "process", "--");
    } catch (RuntimeException | AssertionError e) {
      cleanup.closeAfter(e);
      throw e;
    }
  }

  private void run(String name, String... what) {
    List<String> words = new ArrayList<>(List.of("run", "-d", "--name", name));
    words.addAll(List.of(what));
    words.addAll(List.of("sh", "-c", "i=0; while :; do echo line $i; i=$((i+1)); sleep 0.5; done"));
    var _ = plane.cli().output(words.toArray(String[]::new));
    Eventually.until(name + " runs", () -> api.running(name).size(), count -> count == 1);
  }

  private List<String> agentFlags() {
    String token =
        api.admin()
            .createToken(CreateTokenRequest.newBuilder().setNode("host-1").build())
            .getSecret();
    return List.of(
        "--docker-host=" + docker.dockerHost(),
        "--controllers=" + joined(plane.addresses()),
        "--join-address=" + joined(plane.joinAddresses()),
        "--token-file=" + plane.work().file("token", token));
  }

  private static String joined(List<ControllerAddress> addresses) {
    return addresses.stream().map(Object::toString).collect(Collectors.joining(","));
  }

  @AfterEach
  void stop() {
    clients.forEach(each -> each.process().close());
    held.forEach(HeldStreams::close);
    cleanup.close();
  }

  /// Not while the agent runs, which would start them again.
  private void stopInstances() {
    agent.daemon().close();
    var _ = agent.stopInstances().requireSuccess();
  }

  /// Two hundred streams: 64 through each controller, and command lines.
  private void openAll() {
    for (ControllerProcess each : plane.controllers()) {
      held.add(HeldStreams.open(each, plane.connect(each), "web.1", EACH_OF_A_CONTROLLER, TICKING));
      Eventually.within(LIMIT, "all are heard", held.getLast()::silent, List::isEmpty);
      Cli cli = plane.cli().with(Map.of("BERTH_ADDR", joined(beginningWith(each))));
      for (int i = 0; i < MORE_BY_COMMAND_LINE; i++) {
        String name = "c" + clients.size();
        boolean logs = i % 2 == 0;
        String[] words =
            logs
                ? new String[] {"logs", "-f", i == 0 ? "web" : "p"}
                : Stream.concat(Stream.of("exec", "web"), Stream.of(TICKING))
                    .toArray(String[]::new);
        clients.add(new Client(cli.start(plane.work().path(), name, words), each, logs));
      }
    }
    for (Client client : clients) {
      var _ = client.process().awaitAnyLine(List.of("tick", "line "), LIMIT);
    }
  }

  private List<ControllerAddress> beginningWith(ControllerProcess first) {
    return Stream.concat(Stream.of(first), plane.others(first).stream())
        .map(ControllerProcess::api)
        .toList();
  }

  private Map<Daemon, Holdings> holdings() {
    return Stream.concat(
            plane.controllers().stream().map(ControllerProcess::daemon), Stream.of(agent.daemon()))
        .filter(Daemon::isAlive)
        .collect(Collectors.toMap(each -> each, each -> Holdings.of(each.pid())));
  }

  /// Ends what goes on, and looks what is left.
  private void assertNothingIsLeft(Map<Daemon, Holdings> before) {
    clients.forEach(each -> each.process().close());
    held.forEach(HeldStreams::close);
    plane.controllers().stream()
        .map(ControllerProcess::daemon)
        .filter(Daemon::isAlive)
        .forEach(each -> assertSettles(each, before));
    assertSettles(agent.daemon(), before);
    Eventually.within(LIMIT, "no command is left", this::commands, String::isEmpty);
  }

  private static void assertSettles(Daemon process, Map<Daemon, Holdings> before) {
    Holdings then = before.get(process);
    if (then != null) {
      Eventually.within(
          LIMIT,
          process.toString().lines().findFirst().orElse("") + " holds about " + then,
          () -> Holdings.of(process.pid()),
          now -> now.isLike(then));
    }
  }

  private String commands() {
    String container = docker.probe().running("web").getFirst().id();
    return docker
        .docker("top", container, "-eo", "pid,args")
        .output()
        .lines()
        .filter(line -> line.contains("echo tick"))
        .collect(Collectors.joining("\n"));
  }

  /// All that went through it ends with a word.
  private void assertEnd(HeldStreams streams, String... words) {
    Eventually.within(LIMIT, "all end", streams::open, List::isEmpty);
    for (Status end : streams.ends()) {
      String said = end.getDescription() == null ? "" : end.getDescription();
      assertEquals(Status.Code.UNAVAILABLE, end.getCode(), end.toString());
      assertTrue(Stream.of(words).anyMatch(said::contains), end.toString());
    }
  }

  private static void assertGoOn(HeldStreams streams) {
    streams.forgetHeard();
    Eventually.within(LIMIT, "all go on", streams::silent, List::isEmpty);
  }

  private static void assertCommandEnds(Client client, String word) {
    Daemon process = client.process();
    assertEquals(125, process.awaitEnd(LIMIT), process.toString());
    assertTrue(process.err().contains("the command in web.1 broke off"), process.toString());
    assertTrue(process.err().contains(word), process.toString());
    assertFalse(process.err().contains("Exception"), process.toString());
  }

  /// `logs -f` goes on by itself, and tells every line once.
  private static void assertLogsGoOn(Client client) {
    Daemon process = client.process();
    long told = process.out().lines().count();
    Eventually.within(
        LIMIT,
        "logs -f goes on",
        () -> process.isAlive() ? process.out().lines().count() : Long.MIN_VALUE,
        count -> count > told + 3);
    List<String> lines = process.out().lines().toList();
    for (int i = 0; i < lines.size() - 1; i++) {
      assertEquals("line " + i, lines.get(i), process.toString());
    }
  }

  @Test
  void aFollowerDies() {
    ControllerProcess follower = plane.others(plane.awaitLeader()).getFirst();
    Map<Daemon, Holdings> before = holdings();
    openAll();
    follower.kill();
    for (HeldStreams streams : held) {
      if (streams.through() == follower) {
        assertEnd(streams, "");
      } else {
        assertGoOn(streams);
      }
    }
    for (Client client : clients) {
      if (client.logs()) {
        assertLogsGoOn(client);
      } else if (client.through() == follower) {
        assertCommandEnds(client, "the connection to the controller");
      } else {
        assertTrue(client.process().isAlive(), client.toString());
      }
    }
    assertNothingIsLeft(before);
  }

  @Test
  void theLeaderDies() {
    ControllerProcess leader = plane.awaitLeader();
    Map<Daemon, Holdings> before = holdings();
    openAll();
    leader.kill();
    for (HeldStreams streams : held) {
      assertEnd(streams, streams.through() == leader ? "" : "the leader changed in the middle");
    }
    for (Client client : clients) {
      if (client.logs()) {
        assertLogsGoOn(client);
      } else {
        assertCommandEnds(
            client,
            client.through() == leader ? "the connection to the controller" : "the leader changed");
      }
    }
    assertNothingIsLeft(before);
  }

  @Test
  void theAgentDies() {
    Map<Daemon, Holdings> before = holdings();
    openAll();
    agent.kill();
    for (HeldStreams streams : held) {
      assertEnd(streams, "host-1");
    }
    clients.stream()
        .filter(each -> !each.logs())
        .forEach(each -> assertCommandEnds(each, "host-1"));
    agent.restart();
    clients.stream().filter(Client::logs).forEach(StreamFaultsIT::assertLogsGoOn);
    assertNothingIsLeft(before);
  }

  @Test
  void dockerDies() {
    Map<Daemon, Holdings> before = holdings();
    openAll();
    docker.killDaemon();
    for (Client client : clients) {
      if (!client.logs()) {
        assertCommandEnds(client, "docker");
      }
    }
    docker.startDaemon();
    clients.stream().filter(Client::logs).forEach(StreamFaultsIT::assertLogsGoOn);
    assertNothingIsLeft(before);
  }
}
