package dev.berth.cli.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Ends everything that was recorded, in the order in which it can go: agent, controller,
/// containers and virtual machines, etcd, Docker, libvirt. Works from the table of processes alone,
/// so that it also clears up after a supervisor that was killed. Goes on after a failure.
final class Shutdown {
  private static final Duration GRACE = Duration.ofSeconds(15);
  private static final Duration RUNTIME_GRACE = Duration.ofSeconds(40);

  private final LocalAccess access;
  private final UpSettings settings;
  private final ProcessTable table;
  private final Progress progress;
  private boolean clean = true;

  Shutdown(LocalAccess access, ProcessTable table, Progress progress) {
    this.access = access;
    this.settings = access.settings();
    this.table = table;
    this.progress = progress;
  }

  /// True when nothing went wrong.
  ///
  /// @param keepWorkloads leaves the instances running, where their Docker daemon or libvirt stays
  boolean run(boolean keepWorkloads) throws InterruptedException {
    stop(Members.AGENT, GRACE);
    stop(Members.CONTROLLER, GRACE);
    boolean ownDocker = table.recorded(DockerDaemon.NAME);
    boolean ownLibvirt = table.recorded(LibvirtDaemon.NAME);
    if (keepWorkloads && ownDocker) {
      progress.note(
          "docker: the daemon is Berth's own, so containers end with it, and processes too");
    }
    if (keepWorkloads && ownLibvirt) {
      progress.note("libvirt: it is Berth's own, so the virtual machines end with it");
    }
    if (!keepWorkloads || ownDocker) {
      attempt(() -> stopInstances(ownDocker, keepWorkloads));
    }
    stop(Members.ETCD, GRACE);
    // One that ended before it could be recorded may have left something, too.
    if (ownDocker || Files.exists(settings.dir().dockerTraces())) {
      stop(DockerDaemon.NAME, RUNTIME_GRACE);
      attempt(() -> new DockerDaemon(settings.dir(), settings.checkout()).clear());
    }
    if (ownLibvirt) {
      stop(LibvirtDaemon.NAME, RUNTIME_GRACE);
      attempt(() -> new LibvirtDaemon(settings.dir(), settings.checkout()).clear());
    }
    attempt(access::removeContext);
    attempt(this::forget);
    return clean;
  }

  /// Ends what a killed supervisor left, but for Docker, libvirt and the instances, which the
  /// next one takes over.
  void endControlPlane() throws InterruptedException {
    stop(Members.AGENT, GRACE);
    stop(Members.CONTROLLER, GRACE);
    stop(Members.ETCD, GRACE);
  }

  private void stopInstances(boolean ownDocker, boolean keepWorkloads)
      throws StartFailure, InterruptedException {
    if (!new Members(settings).joined()) {
      return;
    }
    String libvirt = libvirtToClear(keepWorkloads);
    boolean vms = !libvirt.equals(Runtimes.NO_LIBVIRT);
    DockerDaemon daemon = new DockerDaemon(settings.dir(), settings.checkout());
    if (ownDocker && table.running(DockerDaemon.NAME).isEmpty()) {
      boolean left = daemon.leftContainers();
      if (!left && !vms && !settings.dir().leftProcesses()) {
        return;
      }
      progress.note(
          left
              ? "docker: the daemon was killed and containers run on; starting it to end them"
              : "docker: the daemon was killed; starting it to see that no container is left");
      daemon.prepare();
      new Child(daemon.spec(false), table, progress).start();
    }
    progress.note(
        vms
            ? "containers, virtual machines and processes: stopping"
            : "containers and processes: stopping");
    new Members(settings).stopInstances(libvirt).run();
  }

  /// The libvirt whose machines must be ended now; "none" when there is none, or none that can.
  private String libvirtToClear(boolean keepWorkloads) throws InterruptedException {
    LibvirtDaemon daemon = new LibvirtDaemon(settings.dir(), settings.checkout());
    if (!settings.libvirtUri().equals(daemon.uri())) {
      return keepWorkloads ? Runtimes.NO_LIBVIRT : settings.libvirtUri();
    }
    try {
      if (table.running(LibvirtDaemon.NAME).isEmpty()) {
        if (!daemon.leftGuests()) {
          return Runtimes.NO_LIBVIRT;
        }
        progress.note("libvirt: it was killed and machines run on; starting it to end them");
        new Child(daemon.spec(), table, progress).start();
      }
      return daemon.uri();
    } catch (StartFailure e) {
      // The containers are to end all the same; the machines do when libvirt is cleared.
      clean = false;
      progress.note(String.valueOf(e.getMessage()));
      return Runtimes.NO_LIBVIRT;
    }
  }

  private void stop(String name, Duration grace) throws InterruptedException {
    var running = table.running(name);
    if (running.isPresent()) {
      progress.note(name + ": stopping");
      if (!running.get().stop(grace)) {
        progress.note(name + ": did not end within " + grace.toSeconds() + " s and was killed");
      }
    }
    if (!name.equals(DockerDaemon.NAME) && !name.equals(LibvirtDaemon.NAME)) {
      table.remove(name);
    }
  }

  private void forget() throws StartFailure {
    try {
      for (Path file :
          List.of(
              settings.dir().token(),
              settings.dir().keepWorkloads(),
              settings.dir().settings(),
              settings.dir().processes())) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new StartFailure("data directory: " + e.getMessage(), e);
    }
  }

  private interface Step {
    void run() throws StartFailure, InterruptedException;
  }

  private void attempt(Step step) throws InterruptedException {
    try {
      step.run();
    } catch (StartFailure e) {
      clean = false;
      progress.note(String.valueOf(e.getMessage()));
    }
  }
}
