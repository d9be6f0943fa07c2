package dev.berth.agent.driver.docker;

import dev.berth.agent.port.HostCommands;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The commands in containers that somebody waits for, a file each. They outlive an agent that is
/// killed, and nobody would find them again: the next agent ends them. A file is there before its
/// command starts; the command's process is added to it when it is known, since a daemon that is
/// started again knows no commands any more.
///
/// @param proc the kernel's `/proc`
/// @param directory of the files; null: nothing is kept
record OpenCommands(Path proc, @Nullable Path directory, HostCommands commands) {
  private static final Logger LOG = LoggerFactory.getLogger(OpenCommands.class);

  /// A command is about to be started.
  ///
  /// @param id the daemon's, hexadecimal
  /// @param container id of the container that it is in
  void made(String id, String container) {
    if (directory == null) {
      return;
    }
    try {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      // What a crash of the host takes with it is over anyway: nothing waits for the disk.
      Files.writeString(directory.resolve(id), container);
    } catch (IOException e) {
      LOG.warn("command {} is not written down: {}", id, e.toString());
    }
  }

  /// It runs.
  void runs(String id, ContainerProcess process) {
    if (directory == null) {
      return;
    }
    try {
      // Added, so that an agent that is killed meanwhile leaves what was there.
      Files.writeString(
          directory.resolve(id),
          " %d %s".formatted(process.pid(), process.started()),
          StandardOpenOption.APPEND);
    } catch (NoSuchFileException _) {
      LOG.debug("command {} is over already", id);
    } catch (IOException e) {
      LOG.warn("the process of command {} is not written down: {}", id, e.toString());
    }
  }

  /// It has ended, or shall go on without anybody.
  void over(String id) {
    if (directory != null) {
      delete(directory.resolve(id));
    }
  }

  /// Ends what an earlier agent has left, all at once, in the background.
  ///
  /// @param daemon where those are looked for whose process is not known
  void endLeftOver(DockerApi daemon) {
    for (Path file : leftOver()) {
      var _ = Thread.ofVirtual().name("docker-exec-left").start(() -> end(file, daemon));
    }
  }

  private void end(Path file, DockerApi daemon) {
    try {
      process(file, daemon).ifPresent(process -> process.end(commands));
      delete(file);
    } catch (IOException | NumberFormatException e) {
      LOG.warn("command {} of an earlier agent is not known: {}", file.getFileName(), e.toString());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<ContainerProcess> process(Path file, DockerApi daemon)
      throws IOException, InterruptedException {
    String[] words = Files.readString(file, StandardCharsets.UTF_8).split(" ", -1);
    if (words.length == 3) {
      return Optional.of(new ContainerProcess(proc, words[0], Long.parseLong(words[1]), words[2]));
    }
    return new DaemonExec(daemon, file.getFileName().toString(), words[0], proc)
        .find(() -> false, DaemonExec.START_LIMIT);
  }

  private List<Path> leftOver() {
    List<Path> files = new ArrayList<>();
    if (directory == null) {
      return files;
    }
    try (DirectoryStream<Path> list = Files.newDirectoryStream(directory)) {
      list.forEach(files::add);
    } catch (NoSuchFileException _) {
      return files;
    } catch (IOException e) {
      LOG.warn("commands of an earlier agent cannot be listed: {}", e.toString());
    }
    return files;
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("{} cannot be removed: {}", file, e.toString());
    }
  }
}
