package dev.berth.agent;

import dev.berth.agent.AgentConfig.ConfigException;
import dev.berth.agent.artifact.NodeArtifacts;
import dev.berth.agent.boot.ConsoleFollower;
import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.PullLogins;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.docker.DockerDriver;
import dev.berth.agent.driver.libvirt.LibvirtDriver;
import dev.berth.agent.driver.libvirt.LibvirtPlace;
import dev.berth.agent.driver.process.ProcessDriver;
import dev.berth.agent.driver.process.ProcessGround;
import dev.berth.agent.driver.process.RootUses;
import dev.berth.agent.facts.FactsSettings;
import dev.berth.agent.facts.HostFacts;
import dev.berth.agent.facts.NodeFacts;
import dev.berth.agent.fence.ShellWatchdog;
import dev.berth.agent.forwarding.Forwarding;
import dev.berth.agent.forwarding.RanCommand;
import dev.berth.agent.image.HttpImages;
import dev.berth.agent.image.ImageStore;
import dev.berth.agent.image.RegistryTrust;
import dev.berth.agent.journal.AtomicFile;
import dev.berth.agent.journal.InstanceJournal;
import dev.berth.agent.journal.StateFiles;
import dev.berth.agent.metrics.MetricsServer;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.HostPrograms;
import dev.berth.agent.port.Threads;
import dev.berth.agent.security.CertificateRenewal;
import dev.berth.agent.security.Enrolment;
import dev.berth.agent.security.Membership;
import dev.berth.agent.security.NodeCredentials;
import dev.berth.agent.session.SessionSettings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent's process: `run` joins the cluster when needed and runs until it is told to end;
/// `stop-instances` stops and removes all instances of this node and ends; `import-image` puts an
/// image into the node's store and ends.
public final class AgentMain {
  private static final Logger LOG = LoggerFactory.getLogger(AgentMain.class);
  private static final Path ROOT = Path.of("/");
  private static final RandomGenerator RANDOM = () -> ThreadLocalRandom.current().nextLong();
  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;

  private AgentMain() {}

  /// Runs the agent.
  ///
  /// @param arguments the command, `run` when there is none, and `--key=value` pairs
  public static void main(String[] arguments) {
    LogFormat.install();
    Runtime.getRuntime().exit(start(List.of(arguments)));
  }

  private static int start(List<String> arguments) {
    List<String> rest = new ArrayList<>(arguments);
    String command = rest.isEmpty() || rest.getFirst().startsWith("-") ? "run" : rest.removeFirst();
    try {
      if (command.equals("import-image")) {
        return importImage(rest);
      }
      AgentConfig config = AgentConfig.parse(rest, hostName());
      LOG.info("{}", config.describe());
      return switch (command) {
        case "run" -> run(config);
        case "stop-instances" -> stopInstances(config);
        default ->
            throw new ConfigException(
                "command: \"" + command + "\" (expected: run, stop-instances or import-image)");
      };
    } catch (ConfigException e) {
      LOG.error("{}", e.getMessage());
      return WRONG_USAGE;
    } catch (IOException | Enrolment.Refused e) {
      LOG.error("{}", e.getMessage());
      return FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILED;
    }
  }

  private static int run(AgentConfig config)
      throws IOException, ConfigException, Enrolment.Refused, InterruptedException {
    if (config.cluster().controllers().isEmpty()) {
      throw new ConfigException("--controllers: missing (expected: host:port[,host:port…])");
    }
    AtomicFile.makeDirectory(config.dataDir());
    try (FileChannel lockFile = lock(config.dataDir());
        MetricsServer metrics = MetricsServer.open(config.metricsAddress(), config.node())) {
      NodeCredentials credentials = new NodeCredentials(config.dataDir());
      Membership membership = new Joining(config, credentials, AgentClock.system()).membership();
      Optional<MachineImages> images = images(config);
      NodeArtifacts artifacts = artifacts(config);
      InstanceLogins logins = new InstanceLogins();
      DriverRegistry drivers = drivers(config, membership, artifacts, images, logins);
      FactsSettings settings =
          new FactsSettings(
              LocalAddress.of(config),
              config.offer().capacity(),
              config.offer().ports().first(),
              config.offer().ports().last(),
              version(),
              config.offer().devices(),
              config.machines().hostDevices());
      NodeFacts facts = new NodeFacts(ROOT, settings);
      AgentHost.Care care = HostCare.of(config, owner(membership), drivers, facts, images, logins);
      AgentClock clock = AgentClock.system();
      Threads threads = Threads.virtual();
      CertificateRenewal renewal = new CertificateRenewal(credentials, membership.node(), clock);
      Agent agent =
          new Agent(
              new SessionSettings(config.cluster().controllers(), membership),
              drivers,
              facts,
              metrics,
              host(config, clock, threads, new TlsDialler(renewal), care));
      threads.start(() -> new Rehearsal(clock, RANDOM).run(), "rehearsal");
      threads.start(() -> renewal.run(agent::renew), "renewal");
      artifacts
          .sweepers(new RootUses(processes(config)), config.offer().imageKeep(), clock)
          .forEach(sweeper -> threads.start(sweeper, "artifact-sweeper"));
      images.ifPresent(
          kept -> threads.start(kept.sweeper(config.offer().imageKeep(), clock), "image-sweeper"));
      ImageReclaiming.of(config.offer().reclaim(), drivers, agent, metrics, clock)
          .ifPresent(reclaimer -> threads.start(reclaimer, "image-reclaimer"));
      metrics.observe(agent.inventory(), drivers);
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .name("end")
                  .unstarted(
                      () -> {
                        agent.close();
                        // Being told to end is no failure, whatever the JVM makes of the signal.
                        Runtime.getRuntime().halt(0);
                      }));
      agent.run(() -> ready(config.node(), metrics.address()));
      LOG.debug("ended; {} is free again", lockFile);
      return 0;
    }
  }

  private static AgentHost host(
      AgentConfig config,
      AgentClock clock,
      Threads threads,
      TlsDialler dialler,
      AgentHost.Care care)
      throws IOException {
    String bootId = HostFacts.read(ROOT).bootId();
    return new AgentHost(
        bootId,
        StateFiles.in(Agent.stateDirectory(config)),
        new AgentHost.Machine(clock, threads, RANDOM),
        ShellWatchdog.open(Agent.fenceDirectory(config), bootId, clock),
        dialler,
        care,
        System::gc);
  }

  private static int stopInstances(AgentConfig config) throws IOException, InterruptedException {
    NodeCredentials credentials = new NodeCredentials(config.dataDir());
    Optional<Membership> membership = credentials.membership();
    if (membership.isEmpty()) {
      LOG.info("this host has not joined a cluster: there is nothing to stop");
      return 0;
    }
    try (FileChannel lockFile = lock(config.dataDir());
        DriverRegistry drivers =
            drivers(
                config, membership.get(), artifacts(config), images(config), PullLogins.none())) {
      InstanceJournal.Opened journal =
          InstanceJournal.open(
              StateFiles.in(Agent.stateDirectory(config)),
              HostFacts.read(ROOT).bootId(),
              AgentClock.system(),
              Threads.virtual());
      boolean clean = new InstanceStopper(drivers, journal.entries()).run();
      if (clean) {
        ShellWatchdog.end(Agent.fenceDirectory(config));
        if (!config.machines().libvirt().isEmpty()) {
          forgetRules(new Forwarding(new HostPrograms(), drivers, owner(membership.get())));
        }
        journal
            .entries()
            .forEach(each -> journal.journal().remove(each.instance().getInstanceId()));
      }
      journal.journal().close();
      LOG.debug("ended; {} is free again", lockFile);
      return clean ? 0 : FAILED;
    }
  }

  /// No machine needs them any more.
  private static void forgetRules(Forwarding forwarding) throws InterruptedException {
    for (RanCommand ran : forwarding.clear()) {
      LOG.info("packets of machines are not let through any more: {}", ran);
    }
  }

  private static Owner owner(Membership membership) {
    return new Owner(membership.clusterUid(), membership.node());
  }

  /// Every driver that this agent has.
  private static DriverRegistry drivers(
      AgentConfig config,
      Membership membership,
      NodeArtifacts artifacts,
      Optional<MachineImages> images,
      PullLogins logins)
      throws IOException {
    Owner owner = owner(membership);
    List<RuntimeDriver> drivers = new ArrayList<>();
    drivers.add(
        new DockerDriver(config.dockerHost(), owner, logins, config.dataDir().resolve("commands")));
    drivers.add(new ProcessDriver(owner, ProcessGround.open(processes(config), owner), artifacts));
    if (images.isPresent()) {
      drivers.addAll(machines(config, owner, images.get()));
    }
    return new DriverRegistry(drivers);
  }

  private static List<RuntimeDriver> machines(AgentConfig config, Owner owner, MachineImages images)
      throws IOException {
    // JNA unpacks its native part somewhere: into what is the agent's, not into the host's /tmp.
    Path natives = config.dataDir().resolve("natives");
    AtomicFile.makeDirectory(natives);
    System.setProperty("jna.tmpdir", natives.toString());
    ConsoleFollower consoles = ConsoleFollower.open(Threads.virtual(), AgentClock.system());
    LibvirtPlace place =
        LibvirtPlace.open(images.machines(), images.store(), consoles, AgentClock.system())
            .withXenConsoles(config.machines().xenConsoles())
            .withHostDevices(config.machines().hostDevices());
    List<RuntimeDriver> drivers = new ArrayList<>();
    for (LibvirtAddress address : config.machines().libvirt()) {
      drivers.add(new LibvirtDriver(address.driver(), address.uri(), owner, place));
    }
    return drivers;
  }

  private static Path processes(AgentConfig config) {
    return config.dataDir().resolve("processes");
  }

  /// What processes start from.
  private static NodeArtifacts artifacts(AgentConfig config) throws IOException {
    // Programs run as users of their own: they may pass to what is theirs, and see nothing else.
    Files.setPosixFilePermissions(config.dataDir(), PosixFilePermissions.fromString("rwx--x--x"));
    return NodeArtifacts.open(config.dataDir(), AgentClock.system(), Threads.virtual());
  }

  /// What virtual machines start from, where there are any.
  private static Optional<MachineImages> images(AgentConfig config) throws IOException {
    return config.machines().libvirt().isEmpty()
        ? Optional.empty()
        : Optional.of(
            MachineImages.open(
                config.dataDir(),
                new RegistryTrust(config.machines().registryCerts()),
                AgentClock.system(),
                Threads.virtual()));
  }

  private static int importImage(List<String> arguments) throws IOException, ConfigException {
    ImageImport wanted = ImageImport.parse(arguments);
    AtomicFile.makeDirectory(wanted.dataDir());
    return wanted.run(
        ImageStore.openBeside(
            MachineImages.directory(wanted.dataDir()), new HttpImages(), AgentClock.system()::wall),
        out());
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      throw new IOException(
          directory + ": another agent uses it; end that one first, or give another --data-dir");
    }
    return channel;
  }

  private static void ready(String node, InetSocketAddress metrics) {
    // The one line of data that whoever started the agent waits for; everything else is a log.
    out()
        .println(
            "READY node=" + node + " metrics=" + metrics.getHostString() + ":" + metrics.getPort());
  }

  private static PrintStream out() {
    return new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
  }

  private static String hostName() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
  }

  private static String version() {
    String version = AgentMain.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
