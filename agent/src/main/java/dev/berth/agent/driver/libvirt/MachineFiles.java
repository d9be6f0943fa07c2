package dev.berth.agent.driver.libvirt;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/// The files of one machine, in a directory of its own.
///
/// @param directory named after the machine's UUID
record MachineFiles(Path directory) {
  // The hypervisor may run as a user of its own, which must be able to pass through; it gets the
  // files themselves from libvirt.
  private static final String PASSABLE = "rwx--x--x";
  private static final String CONSOLE = "console.log";
  private static final int CONSOLES_MAX = 8;

  /// @param root of all machines of the node
  static MachineFiles of(Path root, UUID machine) {
    return new MachineFiles(root.resolve(machine.toString()));
  }

  /// The disk that it boots from: what was written since it was made, over its image.
  Path disk() {
    return directory.resolve("disk.qcow2");
  }

  Path dataDisk(String name) {
    return directory.resolve("data-" + name + ".qcow2");
  }

  /// What was written to the disk, copied while an image is made of it.
  Path copiedDisk() {
    return directory.resolve("commit-copy.qcow2");
  }

  /// The same, made one with its image.
  Path wholeDisk() {
    return directory.resolve("commit-whole.qcow2");
  }

  /// Is there while the machine stands still for that copy.
  Path standstill() {
    return directory.resolve("commit-standstill");
  }

  /// The seed for cloud-init.
  Path seed() {
    return directory.resolve("seed.iso");
  }

  /// The variables of UEFI firmware.
  Path variables() {
    return directory.resolve("variables.fd");
  }

  /// What it writes to its console, here or where the hypervisor keeps it; older parts are
  /// `console.log.0`, `.1` and so on, the newest first.
  Path console() {
    Path own = directory.resolve(CONSOLE);
    try {
      return Files.isSymbolicLink(own) ? Files.readSymbolicLink(own) : own;
    } catch (IOException _) {
      return own;
    }
  }

  /// Says that the hypervisor writes the console's output where it wants to.
  void keepConsoleIn(Path file) throws IOException {
    Path own = directory.resolve(CONSOLE);
    Files.deleteIfExists(own);
    Files.createSymbolicLink(own, file);
  }

  /// When it was started and ended last.
  Path times() {
    return directory.resolve("times");
  }

  /// What was seen of its present start.
  Path phases() {
    return directory.resolve("phases");
  }

  /// All parts of the console's output, the oldest first.
  List<Path> consoles() {
    List<Path> parts = new ArrayList<>();
    for (int i = CONSOLES_MAX; i >= 0; i--) {
      Path older = directory.resolve(CONSOLE + "." + i);
      if (Files.exists(older)) {
        parts.add(older);
      }
    }
    parts.add(console());
    return parts;
  }

  /// Says over which connection the machine is made.
  void makeFor(URI connection) throws IOException {
    Files.writeString(connection(), connection.toString());
  }

  /// Whether the machine was made over a connection, as far as it is known.
  boolean isFor(URI connection) throws IOException {
    try {
      return Files.readString(connection()).equals(connection.toString());
    } catch (NoSuchFileException _) {
      return true;
    }
  }

  private Path connection() {
    return directory.resolve("connection");
  }

  void make() throws IOException {
    Files.createDirectories(directory);
    passable(directory);
  }

  /// Lets the hypervisor's user pass through a directory, and read nothing of it.
  static void passable(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(PASSABLE));
  }

  /// Removes all of it, with its console's output; it may be gone already.
  void remove() throws IOException {
    Files.deleteIfExists(console());
    List<Path> all;
    try (Stream<Path> walk = Files.walk(directory)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    } catch (NoSuchFileException _) {
      return;
    }
    for (Path each : all) {
      Files.deleteIfExists(each);
    }
  }
}
