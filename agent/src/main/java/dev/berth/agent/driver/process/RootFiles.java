package dev.berth.agent.driver.process;

import dev.berth.agent.artifact.RootPaths;
import dev.berth.agent.artifact.TreeRemoval;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.List;
import java.util.Optional;

/// The files of one instance's root file system, in the instance's directory; `root.sh` says which
/// is which.
///
/// @param directory of the instance
record RootFiles(Path directory) {
  /// Where something is mounted in it.
  static final List<String> MOUNT_POINTS = List.of("proc", "sys", "dev", "berth");

  private static final String ETC = "etc";
  private static final String ROOT = "root";
  // Programs look there for names; a container's image has nothing in them.
  private static final List<String> NODES_OWN = List.of("resolv.conf", "hosts");

  /// Makes them.
  ///
  /// @param lower what the instance starts from; nothing is written there
  /// @param node root of the node
  /// @throws IOException when something cannot be made
  void make(Path lower, Path node) throws IOException {
    Files.createSymbolicLink(lower(), lower);
    Files.createDirectory(directory.resolve("overlay"));
    Files.createDirectory(directory.resolve(ROOT));
    likeBelow("");
    for (String at : MOUNT_POINTS) {
      likeBelow(at);
    }
    if (Files.isSymbolicLink(lower.resolve(ETC))) {
      return;
    }
    for (String name : NODES_OWN) {
      Path there = lower.resolve(ETC).resolve(name);
      Path own = node.resolve(ETC).resolve(name);
      if (!Files.exists(there, LinkOption.NOFOLLOW_LINKS) && Files.isRegularFile(own)) {
        likeBelow(ETC);
        Files.copy(own, upper().resolve(ETC).resolve(name));
      }
    }
  }

  /// A directory that covers one of the root's, or is new there.
  private void likeBelow(String name) throws IOException {
    Path below = Files.readSymbolicLink(lower()).resolve(name);
    Path made = upper().resolve(name);
    if (Files.isDirectory(made)) {
      return;
    }
    Files.createDirectory(made);
    if (!Files.exists(below, LinkOption.NOFOLLOW_LINKS)) {
      Files.setAttribute(made, "unix:mode", 0755);
      return;
    }
    PosixFileAttributes its = Files.readAttributes(below, PosixFileAttributes.class);
    Files.setOwner(made, its.owner());
    Files.setAttribute(made, "posix:group", its.group());
    Files.setAttribute(made, "unix:mode", Files.getAttribute(below, "unix:mode"));
  }

  private Path lower() {
    return directory.resolve("lower");
  }

  /// What this instance wrote.
  Path upper() {
    return directory.resolve("upper");
  }

  /// What it started from; empty when it sees the node's files.
  Optional<Path> below() throws IOException {
    try {
      return Optional.of(Files.readSymbolicLink(lower()));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  /// Whether there is a file to execute in it, as far as one can tell from outside.
  boolean hasProgram(Path file) {
    try {
      for (Path layer : List.of(upper(), Files.readSymbolicLink(lower()))) {
        Path real = new RootPaths(layer).resolve(file.toString());
        if (Files.isRegularFile(real) && Files.isExecutable(real)) {
          return true;
        }
      }
      return false;
    } catch (IOException _) {
      return true; // nobody can tell, so nothing is said of it
    }
  }

  /// Removes them, whatever the program made of them; they may be gone already.
  void remove() throws IOException {
    TreeRemoval.remove(upper());
    TreeRemoval.remove(directory.resolve("overlay"));
  }
}
