package dev.berth.agent.driver.process;

import dev.berth.agent.driver.CgroupCounters;
import dev.berth.agent.driver.Owner;
import dev.berth.v1.AssignedInstance;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// The files of one instance, in a directory of its own; `carrier.sh` says which is which. Readable
/// by the agent's user alone: secrets may be among them.
///
/// @param root of all instances
/// @param id of the instance
record InstanceFiles(Path root, String id) {
  static final String ENDS = "ends";
  static final String CARRIER = "carrier.sh";

  private static final String FRESH = ".new-";
  private static final String CODE_UNKNOWN = "-";
  private static final String FAILED = "failed ";

  /// How a program ended.
  ///
  /// @param code its exit code; empty when nobody saw it
  /// @param time when it was written down
  record End(OptionalInt code, Instant time) {}

  Path directory() {
    return root.resolve(id);
  }

  /// The directory that is the program's.
  WorkDirectory work() {
    return new WorkDirectory(root, id);
  }

  /// The root file system of its own, when it has one.
  RootFiles rootFiles() {
    return new RootFiles(directory());
  }

  /// Makes the directory with all that does not change; it is there as a whole or not at all.
  ///
  /// @param base what its root file system starts from, when it has one
  void make(Owner owner, AssignedInstance instance, Optional<Path> base) throws IOException {
    InstanceFiles fresh = new InstanceFiles(root, FRESH + id);
    fresh.removeDirectory();
    Files.createDirectory(
        fresh.directory(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(
        fresh.directory().resolve("owner"), owner.clusterUid() + "\n" + owner.node() + "\n");
    Files.write(fresh.directory().resolve("instance"), instance.toByteArray());
    if (base.isPresent()) {
      fresh.rootFiles().make(base.get(), Path.of("/"));
    }
    Files.move(fresh.directory(), directory(), StandardCopyOption.ATOMIC_MOVE);
  }

  boolean exists() {
    return Files.isDirectory(directory());
  }

  /// Whose it is; empty when that cannot be read.
  Optional<Owner> owner() {
    List<String> lines =
        CgroupCounters.text(directory().resolve("owner")).orElse("").lines().toList();
    return lines.size() == 2
        ? Optional.of(new Owner(lines.get(0), lines.get(1)))
        : Optional.empty();
  }

  /// Whether it is someone's.
  boolean isOf(Owner someone) {
    return owner().filter(someone::equals).isPresent();
  }

  /// Whether all that does not change can be read. After a loss of power it may not be so.
  boolean isWhole() {
    try {
      return owner().isPresent() && instance().getInstanceId().equals(id);
    } catch (IOException _) {
      return false;
    }
  }

  /// What it was made for.
  AssignedInstance instance() throws IOException {
    return AssignedInstance.parseFrom(Files.readAllBytes(directory().resolve("instance")));
  }

  /// Changes what it is started as from now on.
  void change(AssignedInstance instance) throws IOException {
    Path fresh = directory().resolve("instance.new");
    Files.write(fresh, instance.toByteArray());
    Files.move(fresh, directory().resolve("instance"), StandardCopyOption.ATOMIC_MOVE);
  }

  /// When it was made, or changed last.
  Instant preparedTime() throws IOException {
    return Files.getLastModifiedTime(directory().resolve("instance")).toInstant();
  }

  /// Forgets the last start and says what the next one is to do.
  ///
  /// @param inside what a program with a root of its own starts with there; may be empty
  void begin(String launch, String inside) throws IOException {
    Files.deleteIfExists(end());
    Files.deleteIfExists(runFile());
    // As long as any exit code, so that it can be overwritten on a full disk.
    Files.writeString(codeFile(), CODE_UNKNOWN + "      \n");
    if (!inside.isEmpty()) {
      Files.writeString(directory().resolve("inside"), inside);
    }
    Files.writeString(directory().resolve("launch"), launch);
  }

  /// What was written down of the last start; empty when there was none.
  Optional<RunNote> run() {
    return CgroupCounters.text(runFile()).flatMap(RunNote::parse);
  }

  /// Why the last start failed; empty when it did not, or is not known yet.
  String startFailure() {
    String text = CgroupCounters.text(runFile()).orElse("");
    return text.startsWith(FAILED) ? text.substring(FAILED.length()).strip() : "";
  }

  /// When it was started last.
  Instant startTime() throws IOException {
    return Files.getLastModifiedTime(runFile()).toInstant();
  }

  private Path runFile() {
    return directory().resolve("run");
  }

  private Path codeFile() {
    return directory().resolve("code");
  }

  private Path end() {
    return root.resolve(ENDS).resolve(id);
  }

  /// How it ended, once all that it wrote is kept.
  Optional<End> finished() throws IOException {
    return ended(end());
  }

  /// How it ended, as far as that is known when its carrier is not there any more.
  Optional<End> left() throws IOException {
    Optional<End> whole = finished();
    return whole.isPresent() ? whole : ended(codeFile());
  }

  private static Optional<End> ended(Path file) throws IOException {
    Optional<String> text = CgroupCounters.text(file).map(String::strip);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      Instant time = Files.getLastModifiedTime(file).toInstant();
      return Optional.of(
          new End(
              text.get().matches("[0-9]{1,3}")
                  ? OptionalInt.of(Integer.parseInt(text.get()))
                  : OptionalInt.empty(),
              time));
    } catch (NoSuchFileException _) {
      return Optional.empty(); // it was started again just now
    }
  }

  /// What the program wrote last.
  Path output() {
    return directory().resolve("output");
  }

  /// The part before it.
  Path olderOutput() {
    return directory().resolve("output.0");
  }

  /// Bytes in the present part of the output.
  long outputBytes() throws IOException {
    return Files.exists(output()) ? Files.size(output()) : 0;
  }

  /// Bytes of output that there were when it was started last.
  long bytesBeforeRun() {
    return CgroupCounters.text(directory().resolve("launch"))
        .flatMap(text -> text.lines().findFirst())
        .filter(line -> line.startsWith(LaunchScript.WRITTEN))
        .map(line -> CgroupCounters.parsed(line.substring(LaunchScript.WRITTEN.length())).orElse(0))
        .orElse(0L);
  }

  /// Removes all of it; it may be gone already.
  void remove() throws IOException {
    // First: as long as the other one is there, it is known that something is left to remove.
    work().remove();
    removeDirectory();
    Files.deleteIfExists(end());
  }

  private void removeDirectory() throws IOException {
    rootFiles().remove();
    List<Path> all;
    try (Stream<Path> walk = Files.walk(directory())) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    } catch (NoSuchFileException _) {
      return;
    }
    for (Path each : all) {
      Files.deleteIfExists(each);
    }
  }

  /// The instances that have files here.
  ///
  /// @param root of all instances
  static List<InstanceFiles> all(Path root) throws IOException {
    List<InstanceFiles> found = new ArrayList<>();
    try (Stream<Path> names = Files.list(root)) {
      for (Path each : names.toList()) {
        String name = each.getFileName().toString();
        if (name.matches("[0-9a-f]{32}") && Files.isDirectory(each)) {
          found.add(new InstanceFiles(root, name));
        }
      }
    } catch (java.io.UncheckedIOException e) {
      throw new FileSystemException(root.toString(), null, e.getMessage());
    }
    return found;
  }
}
