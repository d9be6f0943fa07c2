package dev.berth.agent;

import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.fence.FenceGuard;
import dev.berth.agent.fence.ShellWatchdog;
import dev.berth.agent.journal.EpochFile;
import dev.berth.agent.journal.InstanceJournal;
import dev.berth.agent.journal.StateFiles;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.AgentMetrics;
import dev.berth.agent.port.FactsSource;
import dev.berth.agent.port.InstanceInventory;
import dev.berth.agent.port.Threads;
import dev.berth.agent.security.CertificateRenewal;
import dev.berth.agent.security.Membership;
import dev.berth.agent.security.NodeCredentials;
import dev.berth.agent.session.ControllerSession;
import dev.berth.agent.session.Dialler;
import dev.berth.agent.session.LogStreams;
import dev.berth.agent.session.SessionSettings;
import dev.berth.client.ControllerAddress;
import dev.berth.client.ControllerChannel;
import dev.berth.v1.Device;
import io.grpc.Channel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The running agent: its loop, its session, and what follows the runtimes.
final class Agent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
  private static final RandomGenerator RANDOM = () -> ThreadLocalRandom.current().nextLong();

  private static final Duration LISTING_LIMIT = Duration.ofSeconds(3);

  private final AgentConfig config;
  private final Membership membership;
  private final DriverRegistry drivers;
  private final AgentMetrics metrics;
  private final AgentClock clock = AgentClock.system();
  private final Threads threads = Threads.virtual();
  private final CertificateRenewal renewal;
  private final EpochFile epochs;
  private final InstanceJournal journal;
  private final InstanceTable table = new InstanceTable();
  private final SessionReports reports = new SessionReports();
  private final MemoryReturn memory = new MemoryReturn(clock, System::gc);
  private final FenceGuard fence;
  private final AgentLoop loop;
  private final NodeDescriber describer;
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();

  /// @param host what the host is
  /// @param bootId the kernel's boot id
  Agent(
      AgentConfig config,
      NodeCredentials credentials,
      Membership membership,
      DriverRegistry drivers,
      FactsSource host,
      AgentMetrics metrics,
      String bootId)
      throws IOException {
    this.config = config;
    this.membership = membership;
    this.drivers = drivers;
    this.metrics = metrics;
    renewal = new CertificateRenewal(credentials, membership.node(), clock);
    StateFiles files = StateFiles.in(stateDirectory(config));
    epochs = EpochFile.open(files);
    InstanceJournal.Opened opened = InstanceJournal.open(files, bootId, clock, threads);
    journal = opened.journal();
    AgentPorts ports =
        new AgentPorts(
            journal,
            memory.noticing(reports),
            threads,
            clock,
            RANDOM,
            metrics,
            this::describeAgain);
    fence = ShellWatchdog.guard(fenceDirectory(config), bootId, clock);
    loop = new AgentLoop(drivers, ports, table, fence, this::devices);
    loop.remember(opened.entries(), opened.sameBoot());
    describer =
        new NodeDescriber(
            host, drivers, journal::problem, loop::isListed, reports::describe, clock);
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
  InstanceInventory inventory() {
    return table;
  }

  /// Runs until closed.
  ///
  /// @param firstWelcome is run once, when the first session is open
  void run(Runnable firstWelcome) throws InterruptedException {
    // First of all: what had to end while there was no agent does not start again.
    fence.begin(() -> loop.put(new AgentEvent.FenceClosed()));
    threads.start(loop, "loop");
    threads.start(fence, "fence");
    threads.start(describer, "describer");
    threads.start(memory, "memory");
    threads.start(() -> new Rehearsal(clock, RANDOM).run(), "rehearsal");
    for (RuntimeDriver driver : drivers.all()) {
      RuntimeFollower follower =
          new RuntimeFollower(driver, loop::offer, describer::refresh, clock);
      threads.start(follower, "follower-" + driver.name());
      driver.follow(follower);
    }
    ControllerSession session =
        new ControllerSession(
            new SessionSettings(config.cluster().controllers(), membership),
            new ControllerSession.Ports(
                this::dial,
                epochs,
                new SessionBridge(loop, table, fence, describer, firstWelcome),
                new LogStreams(table, threads, clock),
                metrics),
            clock,
            RANDOM);
    reports.attach(session);
    threads.start(() -> renewal.run(session::renew), "renewal");
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

  private List<Device> devices() {
    return describer.latest().getDevicesList();
  }

  private void describeAgain() {
    describer.refresh();
  }

  private Dialler.Connection dial(ControllerAddress address) {
    ControllerChannel channel = ControllerChannel.open(List.of(address), renewal, calls);
    return new Dialler.Connection() {
      @Override
      public Channel channel() {
        return channel.channel();
      }

      @Override
      public void close() {
        channel.close();
      }
    };
  }
}
