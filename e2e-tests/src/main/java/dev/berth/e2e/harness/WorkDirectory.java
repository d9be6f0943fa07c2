package dev.berth.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A directory of one cluster, with a short path because unix sockets lie in it. Closing it ends
/// what still runs out of it, takes off what is mounted below it, and deletes it.
public final class WorkDirectory implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Path path;

  private WorkDirectory(Path path) {
    this.path = path;
  }

  /// Makes one below /tmp, named after this process.
  public static WorkDirectory make() {
    Path path =
        Path.of("/tmp", "be" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
    try {
      Files.createDirectory(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new WorkDirectory(path);
  }

  /// Where it is.
  public Path path() {
    return path;
  }

  /// A directory in it, made when missing.
  public Path directory(String name) {
    try {
      return Files.createDirectories(path.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes a file that only we can read.
  public Path file(String name, String content) {
    try {
      Path file = Files.writeString(path.resolve(name), content);
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Processes that still run with this directory in their command line: all descend from us.
  public List<ProcessHandle> processes() {
    String needle = path + "/";
    return ProcessHandle.allProcesses()
        .filter(process -> process.pid() != ProcessHandle.current().pid())
        .filter(process -> commandLine(process.pid()).contains(needle))
        .toList();
  }

  @Override
  public void close() throws IOException {
    Eventually.within(
        Duration.ofSeconds(20),
        "no process of " + path,
        () -> {
          List<ProcessHandle> left = processes();
          left.forEach(ProcessHandle::destroyForcibly);
          return left;
        },
        List::isEmpty);
    List<Path> mounts = mounts();
    for (Path mount : mounts.reversed()) {
      Command.of("umount", "-l", mount.toString()).run();
    }
    delete();
  }

  private List<Path> mounts() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
      return lines
          .map(line -> Path.of(line.split(" ", -1)[4]))
          .filter(mount -> mount.startsWith(path))
          .toList();
    }
  }

  private void delete() throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(path)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  private static String commandLine(long pid) {
    try {
      return Files.readString(
              Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1)
          .replace('\0', ' ');
    } catch (IOException _) {
      return "";
    }
  }
}
