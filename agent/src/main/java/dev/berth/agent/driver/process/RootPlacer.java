package dev.berth.agent.driver.process;

import dev.berth.agent.artifact.RootPaths;
import dev.berth.agent.artifact.RootStore;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.PrepareListener;
import dev.berth.agent.image.ImageException;
import dev.berth.v1.ProcessRoot;
import dev.berth.v1.ProcessSpec;
import dev.berth.v1.PullProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/// Finds what the root file systems of instances start from.
///
/// @param roots unpacked images
/// @param instances the directory of all instances
record RootPlacer(RootStore roots, Path instances) {
  /// The directory that an instance's root starts from; empty when it sees the node's files.
  ///
  /// @throws DriverException permanent, when it can be none
  Optional<Path> find(ProcessSpec spec, PrepareListener listener) throws DriverException {
    if (!LaunchScript.isRooted(spec)) {
      return Optional.empty();
    }
    Path found =
        spec.getRoot().getSourceCase() == ProcessRoot.SourceCase.IMAGE
            ? image(spec.getRoot().getImage(), listener)
            : directory(spec.getRoot().getDirectory());
    requireMountPoints(found);
    requireStart(spec, found);
    return Optional.of(found);
  }

  private Path image(String reference, PrepareListener listener) throws DriverException {
    try {
      return roots
          .fetch(
              reference,
              (bytes, total) ->
                  listener.pulling(
                      PullProgress.newBuilder()
                          .setCurrentBytes(bytes)
                          .setTotalBytes(total)
                          .build()))
          .file();
    } catch (ImageException e) {
      String message = "process.root.image: " + e.getMessage();
      throw e.mayPass()
          ? DriverException.retryable(e.reason(), message, e)
          : DriverException.permanent(e.reason(), message, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DriverException.retryable("Interrupted", "the preparation was interrupted", e);
    }
  }

  private Path directory(String directory) throws DriverException {
    try {
      // As it is now: a link may be changed later, to what nobody has looked at.
      Path real = Path.of(directory).toRealPath();
      if (!Files.isDirectory(real)) {
        throw DriverException.permanent(
            "NoRoot",
            "process.root.directory: " + directory + " is no directory of this node",
            null);
      }
      if (instances.toRealPath().startsWith(real)) {
        throw DriverException.permanent(
            "RootRefused",
            "process.root.directory: the agent's own files are below " + directory,
            null);
      }
      return real;
    } catch (IOException e) {
      throw DriverException.permanent(
          "NoRoot",
          "process.root.directory: " + directory + " is no directory of this node; make it there",
          e);
    }
  }

  private static void requireStart(ProcessSpec spec, Path root) throws DriverException {
    Path start = WorkDirectory.startInside(spec);
    try {
      if (!start.startsWith(WorkDirectory.INSIDE)
          && !Files.isDirectory(new RootPaths(root).resolve(start.toString()))) {
        throw DriverException.permanent(
            "NoWorkingDirectory",
            "process.working_dir: " + start + " is no directory of its root",
            null);
      }
    } catch (IOException e) {
      throw DriverException.permanent(
          "NoWorkingDirectory", "process.working_dir: " + e.getMessage(), e);
    }
  }

  /// Over a link one would mount elsewhere.
  private static void requireMountPoints(Path root) throws DriverException {
    for (String name : RootFiles.MOUNT_POINTS) {
      Path at = root.resolve(name);
      if (Files.exists(at, LinkOption.NOFOLLOW_LINKS)
          && !Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
        throw DriverException.permanent(
            "RootRefused",
            "process.root: its /" + name + " is no directory; make it one, or leave it out",
            null);
      }
    }
  }
}
