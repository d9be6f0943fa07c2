package dev.berth.agent.driver.docker;

import com.github.dockerjava.api.command.InspectExecResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.RuntimeDriver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A command in a container as the daemon knows it.
///
/// @param id the daemon's, hexadecimal
/// @param container id of the container that it is in
/// @param proc the kernel's `/proc`
record DaemonExec(DockerApi api, String id, String container, Path proc) {
  /// How long a command may take to be there.
  static final Duration START_LIMIT = Duration.ofMinutes(2);

  /// How long one that has said something may take to be known.
  static final Duration SPOKEN_LIMIT = Duration.ofMillis(100);

  private static final Logger LOG = LoggerFactory.getLogger(DaemonExec.class);
  private static final Duration LIMIT = RuntimeDriver.CALL_LIMIT;
  private static final long FIRST_LOOK_MILLIS = 2;
  private static final long LAST_LOOK_MILLIS = 1_000;

  /// @throws DriverException when its container, or the daemon, is gone
  InspectExecResponse inspect() throws DriverException {
    try {
      return api.call("inspect exec", LIMIT, client -> client.inspectExecCmd(id).exec());
    } catch (DockerException e) {
      throw DriverException.retryable(
          "ExitCodeUnknown",
          "the command's exit code is not known (" + Refusals.words(e) + "); its container is gone",
          e);
    }
  }

  /// Its process on this host, once it runs: the daemon answers before the command is there, on a
  /// busy host by seconds.
  ///
  /// @param over whether nobody wants to know any more
  /// @param limit how long it is looked for
  /// @return empty when it has ended, runs on another host, or is not known any more
  Optional<ContainerProcess> find(BooleanSupplier over, Duration limit)
      throws InterruptedException {
    long begun = System.nanoTime();
    while (!over.getAsBoolean()) {
      try {
        InspectExecResponse now = inspect();
        if (isEnded(now)) {
          return Optional.empty();
        }
        OptionalLong pid = pid(now);
        if (pid.isPresent()) {
          return ContainerProcess.find(proc, container, pid.getAsLong());
        }
      } catch (DriverException e) {
        LOG.debug("exec {} cannot be asked for its process: {}", id, e.getMessage());
        if (e.getCause() instanceof NotFoundException) {
          LOG.info(
              "docker does not know command {} of container {} any more; unless the container is"
                  + " gone, it may go on",
              id,
              container);
          return Optional.empty();
        }
      }
      Duration waited = Duration.ofNanos(System.nanoTime() - begun);
      if (waited.compareTo(limit) > 0) {
        return Optional.empty();
      }
      // Soon after it is there, whenever that is: the daemon may not live much longer.
      Thread.sleep(Math.clamp(waited.toMillis() / 4, FIRST_LOOK_MILLIS, LAST_LOOK_MILLIS));
    }
    return Optional.empty();
  }

  /// Before its start it does not run either, but has no code.
  private static boolean isEnded(InspectExecResponse now) {
    return !Boolean.TRUE.equals(now.isRunning()) && now.getExitCodeLong() != null;
  }

  private static OptionalLong pid(InspectExecResponse now) {
    Long pid = now.getPidLong();
    return Boolean.TRUE.equals(now.isRunning()) && pid != null && pid > 0
        ? OptionalLong.of(pid)
        : OptionalLong.empty();
  }
}
