package dev.berth.agent.driver.docker;

import dev.berth.agent.driver.CgroupCounters;
import dev.berth.agent.port.HostCommands;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One process in a container, as this host's kernel knows it: never another one that has its
/// number by now. It ends commands whose user has gone away, which the daemon cannot: it knows no
/// end of a command but its own.
///
/// @param proc the kernel's `/proc`
/// @param container id of the container that it is in
/// @param pid its number
/// @param started when, in the kernel's ticks since the boot
record ContainerProcess(Path proc, String container, long pid, String started) {
  private static final Logger LOG = LoggerFactory.getLogger(ContainerProcess.class);
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final long LOOK_MILLIS = 100;
  private static final List<String> SIGNALS = List.of("HUP", "KILL");

  /// In `stat`, of what follows the name, which may hold blanks and brackets.
  private static final int STARTED = 19;

  /// What has this number; empty when it is not in the container: the daemon may be on another
  /// host, or see other numbers.
  static Optional<ContainerProcess> find(Path proc, String container, long pid) {
    Path own = proc.resolve(Long.toString(pid));
    if (!CgroupCounters.text(own.resolve("cgroup")).orElse("").contains(container)) {
      return Optional.empty();
    }
    return started(own).map(ticks -> new ContainerProcess(proc, container, pid, ticks));
  }

  private static Optional<String> started(Path own) {
    return CgroupCounters.text(own.resolve("stat"))
        .map(line -> line.substring(line.lastIndexOf(')') + 1).strip().split(" ", -1))
        .filter(fields -> fields.length > STARTED)
        .map(fields -> fields[STARTED]);
  }

  /// Sends SIGHUP, and SIGKILL when it does not end; waits for that.
  void end(HostCommands commands) {
    try {
      for (String signal : SIGNALS) {
        if (!isThere()) {
          return;
        }
        send(signal, commands);
        if (isGoneSoon()) {
          return;
        }
      }
      LOG.warn(
          "process {} in container {} does not end; look at it with ps on this host",
          pid,
          container);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isGoneSoon() throws InterruptedException {
    long deadline = System.nanoTime() + GRACE.toNanos();
    while (System.nanoTime() < deadline) {
      Thread.sleep(LOOK_MILLIS);
      if (!isThere()) {
        return true;
      }
    }
    return false;
  }

  private boolean isThere() {
    return find(proc, container, pid).filter(this::equals).isPresent();
  }

  private void send(String signal, HostCommands commands) throws InterruptedException {
    try {
      HostCommands.Output output =
          commands.run(List.of("sh", "-c", "kill -s \"$0\" \"$1\"", signal, Long.toString(pid)));
      if (!output.isGood()) {
        LOG.debug("process {} takes no SIG{}: {}", pid, signal, output.text().strip());
      }
    } catch (IOException e) {
      LOG.warn("process {} cannot be sent SIG{}: {}", pid, signal, e.toString());
    }
  }
}
