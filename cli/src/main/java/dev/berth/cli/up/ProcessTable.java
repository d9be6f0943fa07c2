package dev.berth.cli.up;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What was started, on disk, so that `down` finds it also when the supervisor was killed. One
/// line a process: name, id, start.
final class ProcessTable {
  private final Path file;
  private final Map<String, ProcessRef> processes = new TreeMap<>();

  private ProcessTable(Path file) {
    this.file = file;
  }

  /// Reads the table; an unreadable line is one of a process that nobody can find again, and is
  /// dropped.
  static ProcessTable load(Path file) throws IOException {
    ProcessTable table = new ProcessTable(file);
    try {
      for (String line : Files.readAllLines(file)) {
        parse(line).ifPresent(ref -> table.processes.put(ref.name(), ref));
      }
    } catch (NoSuchFileException e) {
      return table;
    }
    return table;
  }

  synchronized Optional<ProcessRef> running(String name) {
    return Optional.ofNullable(processes.get(name)).filter(ProcessRef::alive);
  }

  synchronized boolean recorded(String name) {
    return processes.containsKey(name);
  }

  synchronized List<ProcessRef> running() {
    return processes.values().stream().filter(ProcessRef::alive).toList();
  }

  synchronized void put(ProcessRef ref) {
    processes.put(ref.name(), ref);
    save();
  }

  synchronized void remove(String name) {
    if (processes.remove(name) != null) {
      save();
    }
  }

  private void save() {
    String lines =
        processes.values().stream()
            .map(ref -> ref.name() + " " + ref.pid() + " " + ref.startTicks() + "\n")
            .collect(Collectors.joining());
    try {
      Path written = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), lines);
      Files.move(
          written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot record the processes in " + file, e);
    }
  }

  private static Optional<ProcessRef> parse(String line) {
    String[] parts = line.split(" ", -1);
    try {
      return parts.length == 3
          ? Optional.of(
              new ProcessRef(parts[0], Long.parseLong(parts[1]), Long.parseLong(parts[2])))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
