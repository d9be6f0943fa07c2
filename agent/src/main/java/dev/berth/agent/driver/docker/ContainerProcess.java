package dev.berth.agent.driver.docker;

import dev.berth.agent.driver.CgroupCounters;
import dev.berth.agent.port.HostCommands;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends a command whose user has gone away, which the daemon cannot: it knows no end of a command
/// but its own.
///
/// @param proc the kernel's `/proc`
/// @param container id of the container that it must be in
/// @param commands sends signals
record ContainerProcess(Path proc, String container, HostCommands commands) {
  private static final Logger LOG = LoggerFactory.getLogger(ContainerProcess.class);
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final long LOOK_MILLIS = 100;

  /// Sends SIGHUP, and SIGKILL when it does not end. Returns at once.
  ///
  /// @param pid its number on the host while it runs
  void end(Supplier<Optional<Long>> pid) {
    var _ = Thread.ofVirtual().name("docker-exec-end").start(() -> endNow(pid));
  }

  private void endNow(Supplier<Optional<Long>> pid) {
    try {
      Optional<Long> running = ours(pid);
      if (running.isEmpty()) {
        return;
      }
      signal("HUP", running.get());
      long deadline = System.nanoTime() + GRACE.toNanos();
      while (System.nanoTime() < deadline) {
        Thread.sleep(LOOK_MILLIS);
        if (ours(pid).isEmpty()) {
          return;
        }
      }
      signal("KILL", running.get());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.debug("a command in container {} cannot be ended: {}", container, e.toString());
    }
  }

  /// The daemon may be on another host, or see other numbers.
  private Optional<Long> ours(Supplier<Optional<Long>> pid) {
    return pid.get()
        .filter(
            number ->
                CgroupCounters.text(proc.resolve(number.toString()).resolve("cgroup"))
                    .orElse("")
                    .contains(container));
  }

  private void signal(String name, long pid) throws IOException, InterruptedException {
    HostCommands.Output output =
        commands.run(List.of("sh", "-c", "kill -s \"$0\" \"$1\"", name, Long.toString(pid)));
    if (!output.isGood()) {
      LOG.debug("process {} takes no SIG{}: {}", pid, name, output.text().strip());
    }
  }
}
