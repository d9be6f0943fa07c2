package dev.berth.simulation.agent;

import dev.berth.agent.Agent;
import dev.berth.agent.AgentHost;
import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.driver.DriverReport;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.security.Membership;
import dev.berth.agent.session.Dialler;
import dev.berth.agent.session.SessionSettings;
import dev.berth.client.ControllerAddress;
import dev.berth.simulation.fault.PlantedBug;
import dev.berth.simulation.kernel.SimulatedProcess;
import dev.berth.simulation.kernel.VirtualThreads;
import dev.berth.simulation.net.SessionConnection;
import dev.berth.simulation.net.SimulatedChannel;
import dev.berth.simulation.runtime.SimulatedDriver;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.OpenSessionRequest;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.Resources;
import io.grpc.Channel;
import io.grpc.Status;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One life of an agent's process: the real [Agent] with its loop, supervisors, journal and
/// session, on virtual threads that this simulation schedules.
final class AgentLife {
  private final AgentWiring wiring;
  private final SimulatedNode node;
  private final Membership membership;
  private final SimulatedProcess process;
  private final ProcessTime time;
  private @Nullable SessionConnection connection;
  private boolean welcomed;

  AgentLife(AgentWiring wiring, SimulatedNode node, Membership membership, String name) {
    this.wiring = wiring;
    this.node = node;
    this.membership = membership;
    this.process = new SimulatedProcess(wiring.kernel(), name, node.clock());
    this.time = new ProcessTime(process);
  }

  SimulatedProcess process() {
    return process;
  }

  boolean isWelcomed() {
    return welcomed;
  }

  void run() {
    Owner owner = new Owner(membership.clusterUid(), membership.node());
    SimulatedDriver driver =
        new SimulatedDriver(
            node.runtime(), process, body -> start(body, "callback"), owner, wiring.bugs());
    AgentHost host =
        new AgentHost(
            wiring.bugs().has(PlantedBug.BOOT_NOT_NOTICED) ? "boot" : node.bootId(),
            new ObservedFiles(
                node.disk().files(process), node.name(), wiring.observer(), wiring.bugs()),
            new AgentHost.Machine(time, this::start, node.random()),
            node.watchdog(),
            this::dial,
            AgentHost.Care.none(),
            () -> {});
    try {
      Agent agent =
          new Agent(
              new SessionSettings(wiring.controllers(), membership),
              new DriverRegistry(List.of(driver)),
              this::describe,
              new NoAgentMetrics(),
              host);
      agent.run(() -> {});
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      wiring.observer().failed("the agent of " + node.name() + " cannot read its state: " + e);
    }
  }

  private void start(Runnable body, String name) {
    var _ =
        VirtualThreads.on(process.soon())
            .name(name)
            .uncaughtExceptionHandler(
                (thread, e) ->
                    wiring
                        .observer()
                        .failed(
                            "a thread of the agent of "
                                + node.name()
                                + " ended, "
                                + thread.getName()
                                + ": "
                                + e))
            .start(body);
  }

  private NodeDescription describe(List<DriverReport> drivers) {
    Resources real = node.capacity();
    int times = wiring.bugs().has(PlantedBug.CAPACITY_COUNTED_TWICE) ? 2 : 1;
    NodeDescription.Builder description =
        NodeDescription.newBuilder()
            .setAddress("10.0.0.1")
            .setCapacity(
                real.toBuilder()
                    .setCpuMillis(times * real.getCpuMillis())
                    .setMemoryBytes(times * real.getMemoryBytes()))
            .setBootId(node.bootId())
            .setDynamicPortFirst(20_000)
            .setDynamicPortLast(20_099);
    drivers.forEach(each -> description.addDrivers(each.description()));
    return description.build();
  }

  private Dialler.Connection dial(ControllerAddress address) {
    Map<Long, Long> beats = new TreeMap<>();
    SimulatedChannel channel =
        new SimulatedChannel(
            end -> connect(address.host(), end),
            message -> sent(message, beats),
            message -> contact(message, beats),
            body -> start(body, "session"));
    return new Dialler.Connection() {
      @Override
      public Channel channel() {
        return channel;
      }

      @Override
      public void close() {
        SessionConnection line = connection;
        if (line != null) {
          line.endUp();
        }
      }
    };
  }

  /// A welcome is no proof of contact: an agent whose disk is full cannot obey a new leader.
  private void contact(OpenSessionResponse message, Map<Long, Long> beats) {
    Long sent = message.hasHeartbeatAck() ? beats.get(message.getHeartbeatAck()) : null;
    if (sent != null) {
      wiring.observer().contact(node.name(), sent);
    }
  }

  private void sent(OpenSessionRequest message, Map<Long, Long> beats) {
    if (message.hasHeartbeat()) {
      beats.put(message.getHeartbeat().getSequence(), wiring.kernel().now());
    }
    if (message.hasHello()) {
      wiring.observer().greeted(node.name(), message.getHello().getHighestEpoch());
    }
  }

  private SessionConnection connect(String controller, SessionConnection.ClientEnd end) {
    SessionConnection line =
        SessionConnection.dial(
            wiring.network(),
            node.name(),
            controller,
            wiring.servers().apply(controller),
            new Watched(end));
    connection = line;
    return line;
  }

  /// Passes on what comes to the process, and notes it.
  private final class Watched implements SessionConnection.ClientEnd {
    private final SessionConnection.ClientEnd end;

    Watched(SessionConnection.ClientEnd end) {
      this.end = end;
    }

    @Override
    public void received(OpenSessionResponse message) {
      process.execute(
          () -> {
            if (message.hasWelcome()) {
              welcomed = true;
              wiring.observer().told(node.name(), message.getWelcome().getEpoch());
            }
            end.received(message);
          });
    }

    @Override
    public void connected() {
      process.execute(end::connected);
    }

    @Override
    public void ended(Status status, Optional<String> leader) {
      process.execute(
          () -> {
            welcomed = false;
            if (wiring.bugs().has(PlantedBug.STOPS_WHEN_CUT_OFF)) {
              node.runtime().stopAll();
            }
            end.ended(status, leader);
          });
    }
  }

  /// The process dies: its host closes the connection.
  void kill() {
    SessionConnection line = connection;
    if (line != null) {
      line.endUp();
    }
    process.kill();
  }

  void reset() {
    SessionConnection line = connection;
    if (line != null) {
      line.reset();
    }
  }

  void vanish() {
    SessionConnection line = connection;
    connection = null;
    if (line != null) {
      line.vanish();
    }
  }
}
