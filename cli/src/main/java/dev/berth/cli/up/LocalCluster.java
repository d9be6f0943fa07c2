package dev.berth.cli.up;

import dev.berth.client.FileTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// A whole cluster on this host: starts its processes in their order, keeps them alive, and ends
/// them again. Supervises from the
/// JVM that it is in; what it has started is in the table of processes.
final class LocalCluster {
  private final Path contextFile;
  private final ProcessTable table;
  private final Progress progress;
  private final List<Child> children = new ArrayList<>();
  private UpSettings settings;
  private boolean stopped;

  LocalCluster(UpSettings settings, Path contextFile, ProcessTable table, Progress progress) {
    this.settings = settings;
    this.contextFile = contextFile;
    this.table = table;
    this.progress = progress;
  }

  /// Starts everything that does not run, and waits until all of it can be used.
  ///
  /// @throws StartFailure when a part of it cannot; what was started stays until [#stop]
  void start() throws StartFailure, InterruptedException {
    shutdown().endControlPlane();
    PortHolders.requireFree(settings.ports());
    save();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        startAll(executor);
      } catch (StartFailure | InterruptedException e) {
        // The others are not waited for.
        executor.shutdownNow();
        throw e;
      }
    }
    access().writeContext();
  }

  private void startAll(ExecutorService executor) throws StartFailure, InterruptedException {
    Future<String> docker = executor.submit(this::provideDocker);
    Future<UpSettings> control = executor.submit(this::startControlPlane);
    Future<String> libvirt = executor.submit(this::provideLibvirt);
    // Docker's failure is the one that a user can do something about: it is told first.
    Runtimes runtimes = settings.runtimes().withDockerHost(result(docker));
    settings = settings.with(runtimes.withLibvirtUri(result(libvirt)));
    save();
    Future<Boolean> demo = executor.submit(this::provideDemoVm);
    startAgent(executor, control);
    result(demo);
  }

  private void startAgent(ExecutorService executor, Future<UpSettings> control)
      throws StartFailure, InterruptedException {
    Members members = new Members(settings);
    if (members.needsToken(Instant.now())) {
      result(control);
      access().provideToken();
      start(members.agent());
    } else {
      // An agent that has joined dials until the controller answers: they start side by side.
      Future<Boolean> agent =
          executor.submit(
              () -> {
                start(members.agent());
                return true;
              });
      result(control);
      result(agent);
    }
  }

  /// Ends everything. May be called again and from any thread; each call returns when all has
  /// ended.
  synchronized boolean stop() throws InterruptedException {
    if (stopped) {
      return true;
    }
    stopped = true;
    synchronized (children) {
      children.forEach(Child::release);
    }
    return shutdown().run(Files.exists(settings.dir().keepWorkloads()));
  }

  LocalAccess access() {
    return new LocalAccess(settings, contextFile);
  }

  private Shutdown shutdown() {
    return new Shutdown(access(), table, progress);
  }

  private UpSettings startControlPlane() throws StartFailure, InterruptedException {
    Members members = new Members(settings);
    if (!Files.exists(members.pki().resolve("admin.crt"))
        || !Files.exists(members.etcdPki().resolve("client.crt"))) {
      progress.note("controller: making the cluster's authorities and certificates");
      members.init().run();
    }
    start(members.etcd());
    start(members.controller());
    return settings;
  }

  /// Answers the daemon to use.
  private String provideDocker() throws StartFailure, InterruptedException {
    DockerDaemon own = new DockerDaemon(settings.dir(), settings.checkout());
    String chosen = settings.dockerHost();
    if (table.running(DockerDaemon.NAME).isPresent()) {
      Child daemon = supervise(own.spec(false));
      daemon.adopt();
      daemon.keepAlive();
      chosen = own.host();
    } else if (DockerEndpoint.parse(settings.dockerHost()).reachable()) {
      progress.note("docker: using the daemon at " + settings.dockerHost());
    } else {
      requireMayStart();
      progress.note(
          "docker: no daemon answers at "
              + settings.dockerHost()
              + "; starting one, its data in "
              + settings.dir().docker());
      own.prepare();
      start(own.spec(settings.dockerHost().equals(DockerDaemon.USUAL_HOST)));
      chosen = own.host();
    }
    DemoImage.provide(new DockerEndpoint(chosen), settings.checkout(), progress);
    return chosen;
  }

  /// Answers the libvirt to use. Its failure leaves containers as they are, so it is only told.
  private String provideLibvirt() throws InterruptedException {
    LibvirtDaemon own = new LibvirtDaemon(settings.dir(), settings.checkout());
    try {
      if (table.running(LibvirtDaemon.NAME).isPresent()) {
        Child daemon = supervise(own.spec());
        daemon.adopt();
        daemon.keepAlive();
        return own.uri();
      }
      return switch (chooseLibvirt()) {
        case LibvirtChoice.Usual usual -> {
          progress.note("libvirt: using the one at " + usual.uri());
          yield usual.uri();
        }
        case LibvirtChoice.None none -> {
          if (!none.reason().isEmpty()) {
            progress.note("no virtual machines: " + none.reason());
          }
          yield Runtimes.NO_LIBVIRT;
        }
        case LibvirtChoice.Own() -> {
          start(own.spec());
          if (!own.emulation().isEmpty()) {
            progress.note(
                "libvirt: machines are emulated, which is slow: KVM is " + own.emulation());
          }
          yield own.uri();
        }
      };
    } catch (StartFailure e) {
      progress.note("no virtual machines, but containers work: " + e.getMessage());
      return Runtimes.NO_LIBVIRT;
    }
  }

  private boolean provideDemoVm() throws InterruptedException {
    if (settings.libvirtUri().equals(Runtimes.NO_LIBVIRT)) {
      return false;
    }
    new DemoVm(settings).provide(progress);
    return true;
  }

  private LibvirtChoice chooseLibvirt() {
    return LibvirtChoice.of(
        settings.runtimes().vms(),
        LibvirtDaemon.usualTrouble(),
        LibvirtDaemon.missing(System.getenv().getOrDefault("PATH", "/usr/bin:/bin")),
        Superuser.isMe(),
        settings.checkout().resolve("deploy/bootstrap") + " --with-vm");
  }

  private void requireMayStart() throws StartFailure {
    String trouble =
        "docker: no daemon answers at "
            + settings.dockerHost()
            + ": "
            + new DockerEndpoint(settings.dockerHost()).trouble();
    if (!settings.runtimes().startDocker()) {
      throw new StartFailure(
          trouble + "\nStart it, or say where one is with --docker-host or DOCKER_HOST.");
    }
    if (!Superuser.isMe()) {
      throw new StartFailure(
          trouble
              + "\n"
              + "Only root can start one: run sudo systemctl start docker (and be in the group"
              + " docker), or berth up as root, or say where one is with --docker-host or"
              + " DOCKER_HOST.");
    }
  }

  private void start(ChildSpec spec) throws StartFailure, InterruptedException {
    Child child = supervise(spec);
    child.start();
    child.keepAlive();
  }

  private Child supervise(ChildSpec spec) {
    Child child = new Child(spec, table, progress);
    synchronized (children) {
      children.add(child);
    }
    return child;
  }

  private void save() throws StartFailure {
    try {
      settings.save();
    } catch (IOException e) {
      throw new StartFailure(
          "data directory: "
              + settings.dir().settings()
              + " cannot be written: "
              + FileTrouble.why(e),
          e);
    }
  }

  private static <T> T result(Future<T> future) throws StartFailure, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StartFailure failure) {
        throw failure;
      }
      throw new StartFailure("unexpected: " + e.getCause(), e);
    }
  }
}
