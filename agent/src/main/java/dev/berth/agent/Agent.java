package dev.berth.agent;

import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.driver.ImageCapable;
import dev.berth.agent.driver.NetworkCapable;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.VolumeCapable;
import dev.berth.agent.fence.FenceGuard;
import dev.berth.agent.journal.EpochFile;
import dev.berth.agent.journal.InstanceJournal;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.AgentMetrics;
import dev.berth.agent.port.FactsSource;
import dev.berth.agent.port.InstanceInventory;
import dev.berth.agent.port.Threads;
import dev.berth.agent.session.ControllerSession;
import dev.berth.agent.session.HostImages;
import dev.berth.agent.session.InstanceStreams;
import dev.berth.agent.session.SessionSettings;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.NodeNotice;
import dev.berth.v1.RenewCertificateRequest;
import dev.berth.v1.RenewCertificateResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The running agent: its loop, its session, and what follows the runtimes.
public final class Agent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

  private static final Duration LISTING_LIMIT = Duration.ofSeconds(3);

  private final DriverRegistry drivers;
  private final AgentHost host;
  private final InstanceJournal journal;
  private final InstanceTable table = new InstanceTable();
  private final SessionReports reports = new SessionReports();
  private final MemoryReturn memory;
  private final FenceGuard fence;
  private final AgentLoop loop;
  private final NodeDescriber describer;
  private final AtomicReference<Runnable> firstWelcome = new AtomicReference<>(() -> {});
  private final ControllerSession session;

  /// Takes over what the agent before remembered.
  ///
  /// @param settings whom to dial, and as whom
  /// @param facts what the host is
  /// @param metrics takes measurements
  /// @param host what the agent stands on
  /// @throws IOException when the state cannot be read
  public Agent(
      SessionSettings settings,
      DriverRegistry drivers,
      FactsSource facts,
      AgentMetrics metrics,
      AgentHost host)
      throws IOException {
    this.drivers = drivers;
    this.host = host;
    AgentClock clock = host.clock();
    Threads threads = host.threads();
    memory = new MemoryReturn(clock, host.memoryReturn());
    EpochFile epochs = EpochFile.open(host.files());
    InstanceJournal.Opened opened =
        InstanceJournal.open(host.files(), host.bootId(), clock, threads);
    journal = opened.journal();
    AgentPorts ports =
        new AgentPorts(
            journal,
            memory.noticing(reports),
            threads,
            clock,
            host.random(),
            metrics,
            this::describeAgain);
    fence = new FenceGuard(host.watchdog(), clock);
    loop = new AgentLoop(drivers, ports, table, fence, this::node);
    loop.remember(opened.entries(), opened.sameBoot());
    describer =
        new NodeDescriber(
            facts, drivers, journal::problem, loop::isListed, reports::describe, clock);
    session =
        new ControllerSession(
            settings,
            new ControllerSession.Ports(
                host.dialler(),
                epochs,
                new SessionBridge(
                    loop,
                    table,
                    fence,
                    describer,
                    host.care().logins(),
                    () -> firstWelcome.get().run()),
                streams(host),
                metrics),
            clock,
            host.random());
  }

  private InstanceStreams streams(AgentHost on) {
    return new InstanceStreams(
        table,
        table,
        table,
        images(on),
        on.care().examiner(),
        memory.noticing(on.threads()),
        on.clock());
  }

  private HostImages images(AgentHost on) {
    return new HostImages(
        on.care().images(),
        first(ImageCapable.class).map(ImageCapable::images),
        first(VolumeCapable.class).map(VolumeCapable::volumes),
        first(NetworkCapable.class).map(NetworkCapable::networks));
  }

  private <T> Optional<T> first(Class<T> capability) {
    return drivers.all().stream().filter(capability::isInstance).map(capability::cast).findFirst();
  }

  /// Where the journal and the epoch are kept.
  static Path stateDirectory(AgentConfig config) {
    return config.dataDir().resolve("state");
  }

  /// What is kept for the fence's watchdog.
  static Path fenceDirectory(AgentConfig config) {
    return stateDirectory(config).resolve("fence");
  }

  /// What the agent holds, for metrics.
  public InstanceInventory inventory() {
    return table;
  }

  /// Tells the controller of something on the host, for its events.
  void notice(NodeNotice notice) {
    session.notice(notice);
  }

  /// References of the images that containers need which this agent knows of.
  Set<String> neededImages() {
    return table.containerImages();
  }

  /// Asks the controller of the present session for a new certificate.
  ///
  /// @throws io.grpc.StatusRuntimeException when there is no session, or it refuses
  RenewCertificateResponse renew(RenewCertificateRequest request) {
    return session.renew(request);
  }

  /// Runs until closed.
  ///
  /// @param welcomed is run once, when the first session is open
  public void run(Runnable welcomed) throws InterruptedException {
    firstWelcome.set(welcomed);
    // First of all: what had to end while there was no agent does not start again.
    fence.begin(() -> loop.put(new AgentEvent.FenceClosed()));
    host.threads().start(loop, "loop");
    host.threads().start(fence, "fence");
    host.threads().start(describer, "describer");
    host.threads().start(memory, "memory");
    for (RuntimeDriver driver : drivers.all()) {
      RuntimeFollower follower =
          new RuntimeFollower(driver, loop::offer, describer::refresh, host.clock());
      host.threads().start(follower, "follower-" + driver.name());
      driver.follow(
          host.care().forwarding().map(keeper -> keeper.beside(driver, follower)).orElse(follower));
    }
    host.care().forwarding().ifPresent(keeper -> host.threads().start(keeper, "forwarding"));
    reports.attach(session);
    // The hello is to hold all that is there; a runtime that hangs is not waited for.
    loop.awaitListed(LISTING_LIMIT);
    session.run();
  }

  /// Ends the session and lets go of everything; what runs goes on running.
  @Override
  public void close() {
    reports.close();
    loop.letGo();
    journal.close();
    drivers.close();
    LOG.info("ended; {} instances go on", table.all().size());
  }

  private NodeDescription node() {
    return describer.latest();
  }

  private void describeAgain() {
    describer.refresh();
  }
}
