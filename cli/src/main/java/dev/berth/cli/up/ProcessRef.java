package dev.berth.cli.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One process as it was when it was recorded. Its id alone would name a stranger once it has
/// ended and the kernel has given the
/// number away again; together with the start time it never does.
///
/// @param name what it is to the cluster: `etcd`, `controller` …
/// @param pid process id
/// @param startTicks start time in clock ticks since boot, from `/proc/PID/stat`
record ProcessRef(String name, long pid, long startTicks) {
  // Fields of /proc/PID/stat, counted from the one behind the command name.
  private static final int STATE = 0;
  private static final int START = 19;

  static Optional<ProcessRef> of(String name, long pid) {
    return stat(pid).map(fields -> new ProcessRef(name, pid, Long.parseLong(fields[START])));
  }

  /// True while this very process runs; a zombie does not.
  boolean alive() {
    return stat(pid)
        .filter(fields -> Long.parseLong(fields[START]) == startTicks)
        .filter(fields -> !fields[STATE].equals("Z") && !fields[STATE].equals("X"))
        .isPresent();
  }

  /// Asks it to end (SIGTERM), and ends it (SIGKILL) when it has not within the grace. True when
  /// it ended by itself.
  boolean stop(Duration grace) throws InterruptedException {
    if (!alive()) {
      return true;
    }
    Optional<ProcessHandle> handle = ProcessHandle.of(pid);
    handle.ifPresent(ProcessHandle::destroy);
    if (awaitEnd(grace)) {
      return true;
    }
    if (alive()) {
      handle.ifPresent(ProcessHandle::destroyForcibly);
    }
    awaitEnd(Duration.ofSeconds(5));
    return false;
  }

  boolean awaitEnd(Duration limit) throws InterruptedException {
    Optional<ProcessHandle> handle = ProcessHandle.of(pid);
    if (handle.isEmpty() || !alive()) {
      return true;
    }
    try {
      handle.get().onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return !alive();
    }
  }

  private static Optional<String[]> stat(long pid) {
    try {
      String line = Files.readString(Path.of("/proc/" + pid + "/stat"));
      // The command name may hold spaces and parentheses: what counts is behind the last one.
      String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
      return fields.length > START ? Optional.of(fields) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
