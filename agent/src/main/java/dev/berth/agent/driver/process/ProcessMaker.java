package dev.berth.agent.driver.process;

import dev.berth.agent.artifact.RootPaths;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.PrepareListener;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Makes, starts and removes what an instance consists of.
///
/// @param owner whose it is
/// @param ground of the node
/// @param placer of files and artifacts
/// @param roots of those that have their own
record ProcessMaker(Owner owner, ProcessGround ground, FilePlacer placer, RootPlacer roots) {
  /// Makes the files of a new instance, when it can run here.
  void make(AssignedInstance instance, InstanceFiles files, PrepareListener listener)
      throws DriverException {
    ProcessSpec spec = instance.getSpec().getProcess();
    requireRoots(spec);
    Optional<Path> root = roots.find(spec, listener);
    LaunchScript script = script(instance, root);
    List<String> missing = script.missing();
    if (!missing.isEmpty()) {
      throw DriverException.permanent(
          "ToolMissing",
          "this node lacks " + String.join(", ", missing) + "; install the package util-linux",
          null);
    }
    String directory = spec.getWorkingDir();
    if (root.isEmpty() && directory.startsWith("/") && !Files.isDirectory(Path.of(directory))) {
      throw DriverException.permanent(
          "NoWorkingDirectory",
          "process.working_dir: " + directory + " is no directory of this node; make it there",
          null);
    }
    refuseImpossibleLimits(CgroupLimits.of(instance.getSpec()));
    if (WorkDirectory.isWanted(spec)) {
      placer.place(spec, files.work(), script.user(), listener);
    }
    try {
      files.make(owner, instance, root);
    } catch (IOException e) {
      throw DriverException.retryable(
          "CreateFailed", "its files cannot be written: " + e.getMessage(), e);
    }
  }

  private void requireRoots(ProcessSpec spec) throws DriverException {
    if (LaunchScript.isRooted(spec) && ground.tools().rootObstacle().isPresent()) {
      throw DriverException.permanent(
          "RootImpossible",
          "this node cannot give processes a root file system of their own: "
              + ground.tools().rootObstacle().get(),
          null);
    }
  }

  /// The scheduler knows as much; what it knew may be old.
  private void refuseImpossibleLimits(CgroupLimits limits) throws DriverException {
    Set<String> can = ground.cgroups().capabilities();
    boolean good =
        (limits.cpuMillis() == 0 || can.contains("cpu-limit"))
            && (limits.memoryBytes() == 0 || can.contains("memory-limit"))
            && (limits.processes() == 0 || can.contains("pids-limit"));
    if (!good) {
      throw DriverException.permanent(
          "LimitImpossible",
          "this node's agent can enforce "
              + (can.isEmpty() ? "no limits" : can + " only")
              + "; run it as root, and let the kernel have the cgroup controllers",
          null);
    }
  }

  /// How an instance is started.
  ///
  /// @param root below its own one, when it has one
  LaunchScript script(AssignedInstance instance, Optional<Path> root) throws DriverException {
    InstanceCgroup cgroup = ground.cgroups().of(instance.getInstanceId());
    LaunchScript.Group group =
        ground.cgroups().holdsTrees()
            ? new LaunchScript.Group(
                ground.carriers(),
                cgroup.entrances(),
                cgroup.list().toString(),
                cgroup.killSwitch().map(Path::toString).orElse(""))
            : new LaunchScript.Group(ground.carriers(), List.of(), "", "");
    return new LaunchScript(
        instance,
        user(instance.getSpec().getProcess(), root),
        group,
        ground.tools(),
        ground.files(instance.getInstanceId()).work());
  }

  /// Whom a program runs as.
  ///
  /// @param root below its own one, when it has one
  LaunchScript.As user(ProcessSpec spec, Optional<Path> root) throws DriverException {
    if (root.isPresent()) {
      RootUsers users = new RootUsers(new RootPaths(root.get()));
      return new LaunchScript.As(
          users.find(spec.getUser().isEmpty() ? "0" : spec.getUser()), !spec.getUser().isEmpty());
    }
    String own = System.getProperty("user.name", "");
    if (spec.getUser().isEmpty()) {
      return new LaunchScript.As(
          new ProcessUser(
              own, "", "", System.getProperty("user.home", "/"), ProcessUser.NODES_GROUPS),
          false);
    }
    ProcessUser user = new UserLookup(ground.commands()).find(spec.getUser());
    if (!ground.root() && !user.name().equals(own)) {
      throw DriverException.permanent(
          "NotRoot",
          "user \""
              + spec.getUser()
              + "\": this node's agent runs as "
              + own
              + " and can be no"
              + " other; run it as root",
          null);
    }
    return new LaunchScript.As(user, ground.root());
  }

  /// Starts an instance of which nothing is left running.
  void start(InstanceFiles files) throws DriverException {
    try {
      AssignedInstance instance = files.instance();
      if (ground.cgroups().holdsTrees()) {
        ground.cgroups().of(files.id()).make(CgroupLimits.of(instance.getSpec()));
      }
      LaunchScript script = script(instance, files.rootFiles().below());
      files.begin(script.text(files.outputBytes()), script.inside());
    } catch (IOException e) {
      throw DriverException.retryable(
          "StartFailed", "its files or cgroups cannot be made: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DriverException.retryable("Interrupted", "the start was interrupted", e);
    }
    new Carrier(ground.directory()).start(files);
  }

  /// Removes all of an instance of which nothing is left running.
  void remove(InstanceFiles files) throws DriverException {
    try {
      if (ground.cgroups().holdsTrees()) {
        ground.cgroups().of(files.id()).remove();
      }
      files.remove();
    } catch (IOException e) {
      throw DriverException.retryable(
          "RemoveFailed", "its files or cgroups cannot be removed: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DriverException.retryable("Interrupted", "the removal was interrupted", e);
    }
  }
}
