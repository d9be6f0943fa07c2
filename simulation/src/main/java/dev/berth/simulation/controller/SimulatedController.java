package dev.berth.simulation.controller;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.Outcome;
import dev.berth.controller.core.Refusal;
import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.loop.Snapshot;
import dev.berth.simulation.kernel.SimulatedClock;
import dev.berth.simulation.kernel.SimulatedProcess;
import dev.berth.simulation.kernel.VirtualThreads;
import dev.berth.simulation.net.SessionConnection;
import dev.berth.v1.OpenSessionRequest;
import io.grpc.Status;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A controller on its host: can be started, killed and paused.
public final class SimulatedController implements SessionConnection.Server {
  private static final Outcome REFUSED =
      new Outcome.Refused(new Refusal(RefusalCode.UNAVAILABLE, "connection refused"));

  private final ControllerWiring wiring;
  private final String name;
  private final SimulatedClock clock;
  private final RandomGenerator random;
  private @Nullable ControllerLife life;

  /// A controller that has not been started.
  public SimulatedController(ControllerWiring wiring, String name, SimulatedClock clock) {
    this.wiring = wiring;
    this.name = name;
    this.clock = clock;
    this.random = wiring.kernel().random("controller " + name);
  }

  /// Its host's name.
  public String name() {
    return name;
  }

  /// Its host's clock.
  public SimulatedClock clock() {
    return clock;
  }

  /// Whether its process lives.
  public boolean isAlive() {
    return life != null;
  }

  /// The epoch that it leads in; 0: it does not.
  public long epoch() {
    ControllerLife now = life;
    return now == null ? 0 : now.epoch();
  }

  /// What it answers reads from; null: it does not.
  public @Nullable Snapshot snapshot() {
    ControllerLife now = life;
    return now == null || now.process().isPaused() ? null : now.snapshot();
  }

  /// Starts it, if it does not live.
  public void start() {
    if (life != null) {
      return;
    }
    SimulatedProcess process = new SimulatedProcess(wiring.kernel(), name, clock);
    ControllerLife fresh = new ControllerLife(wiring, process, random);
    life = fresh;
    wiring.trace("start", name, 0);
    var _ = VirtualThreads.on(process.soon()).name(name).start(fresh::run);
  }

  /// Kills it.
  public void kill() {
    ControllerLife now = life;
    if (now != null) {
      wiring.trace("kill", name, 0);
      life = null;
      now.sessions().resetAll();
      now.process().kill();
    }
  }

  /// Stops it for a while.
  public void pause() {
    ControllerLife now = life;
    if (now != null) {
      wiring.trace("pause", name, 0);
      now.process().pause();
    }
  }

  /// Lets it go on.
  public void resume() {
    ControllerLife now = life;
    if (now != null && now.process().isPaused()) {
      wiring.trace("resume", name, 0);
      now.process().resume();
    }
  }

  /// Takes a request that has arrived.
  public void request(LongFunction<ClusterEvent.Request> event, Consumer<Outcome> answer) {
    ControllerLife now = life;
    if (now == null) {
      answer.accept(REFUSED);
    } else {
      now.process().execute(() -> now.request(event, answer));
    }
  }

  @Override
  public SessionConnection.ServerEnd accept(SessionConnection connection) {
    ControllerLife now = life;
    if (now == null) {
      connection.endDown(
          Status.UNAVAILABLE.withDescription("connection refused"), Optional.empty());
      return new Nobody();
    }
    // A process that is paused does not even answer.
    now.process().execute(connection::answer);
    return now.sessions().accept(connection);
  }

  /// The end of a connection that nobody accepted.
  private static final class Nobody implements SessionConnection.ServerEnd {
    @Override
    public void received(OpenSessionRequest message) {}

    @Override
    public void ended() {}
  }
}
