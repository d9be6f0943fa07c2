package dev.berth.agent.driver.process;

import dev.berth.agent.artifact.TreeRemoval;
import dev.berth.v1.ProcessSpec;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where the files and artifacts of one instance are, when it has any: a directory that is the
/// program's. It is there as a whole or not at all, and before the instance is.
///
/// It does not lie in the instance's other directory, which is closed to other users than the
/// agent's: they can pass to this one, and cannot list its siblings.
///
/// @param root of all instances
/// @param id of the instance
record WorkDirectory(Path root, String id) {
  /// Where it is in a root of the instance's own.
  static final Path INSIDE = Path.of("/berth");

  private static final Logger LOG = LoggerFactory.getLogger(WorkDirectory.class);
  private static final String ALL = "work";
  private static final String FRESH = ".new-";
  private static final String PASSABLE = "rwx--x--x";
  private static final String OWN = "rwx------";

  /// Whether an instance has one.
  static boolean isWanted(ProcessSpec spec) {
    return spec.getFilesCount() > 0 || spec.getArtifactsCount() > 0;
  }

  Path path() {
    return root.resolve(ALL).resolve(id);
  }

  /// Where a program finds it.
  Path seen(ProcessSpec spec) {
    return LaunchScript.isRooted(spec) ? INSIDE : path();
  }

  /// Where a program starts that sees the node's files.
  Path start(ProcessSpec spec) {
    Path base = isWanted(spec) ? path() : Path.of("/");
    return base.resolve(spec.getWorkingDir());
  }

  /// Where a program starts that has a root of its own, there.
  static Path startInside(ProcessSpec spec) {
    Path base = isWanted(spec) ? INSIDE : Path.of("/");
    return base.resolve(spec.getWorkingDir());
  }

  /// An empty directory to fill, which is nobody's yet.
  Path begin() throws IOException {
    TreeRemoval.remove(fresh());
    TreeRemoval.remove(path());
    return Files.createDirectory(
        fresh(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWN)));
  }

  /// Lets it be what was filled.
  void finish() throws IOException {
    Files.move(fresh(), path(), StandardCopyOption.ATOMIC_MOVE);
  }

  /// Removes what was not finished, if anything.
  void abandon() {
    try {
      TreeRemoval.remove(fresh());
    } catch (IOException e) {
      LOG.debug("{}: goes at the next start: {}", fresh(), e.toString());
    }
  }

  private Path fresh() {
    return root.resolve(ALL).resolve(FRESH + id);
  }

  /// Removes all of it; it may be gone already.
  void remove() throws IOException {
    TreeRemoval.remove(fresh());
    TreeRemoval.remove(path());
  }

  /// Makes the directory of all of them, and removes what is no instance's: an agent was ended
  /// while it filled that.
  ///
  /// @param root of all instances, which others may pass from now on
  static void prepare(Path root) throws IOException {
    Path all = Files.createDirectories(root.resolve(ALL));
    Files.setPosixFilePermissions(all, PosixFilePermissions.fromString(PASSABLE));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString(PASSABLE));
    try (DirectoryStream<Path> there = Files.newDirectoryStream(all)) {
      for (Path each : there) {
        if (!new InstanceFiles(root, String.valueOf(each.getFileName())).exists()) {
          TreeRemoval.remove(each);
        }
      }
    }
  }
}
