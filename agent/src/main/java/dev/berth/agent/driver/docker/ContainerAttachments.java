package dev.berth.agent.driver.docker;

import com.github.dockerjava.api.exception.DockerException;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.ProgramStream;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.v1.TerminalSize;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Attaches to programs of containers. One that is started for whoever attaches first is attached
/// to before its start, so that nothing of its output is missed.
final class ContainerAttachments {
  private static final Logger LOG = LoggerFactory.getLogger(ContainerAttachments.class);
  private static final Duration KEEP = Duration.ofSeconds(60);

  private final DockerApi api;
  private final Map<String, ContainerStream> waiting = new ConcurrentHashMap<>();

  ContainerAttachments(DockerApi api) {
    this.api = api;
  }

  /// How a container's program was made.
  ///
  /// @param terminal whether it has one
  /// @param input whether its input is open
  record Mode(boolean terminal, boolean input) {}

  /// Attaches to a container that is about to be started, for whoever comes first.
  void expect(String container, Mode mode) throws DriverException {
    ContainerStream stream = open(container, mode, true);
    ContainerStream earlier = waiting.put(container, stream);
    if (earlier != null) {
      earlier.close();
    }
    var _ =
        Thread.ofVirtual()
            .name("docker-attach-wait")
            .start(
                () -> {
                  try {
                    Thread.sleep(KEEP);
                    abandon(container, stream);
                  } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                  }
                });
  }

  /// Nobody came, or the container was not started.
  void abandon(String container) {
    ContainerStream stream = waiting.remove(container);
    if (stream != null) {
      stream.close();
    }
  }

  private void abandon(String container, ContainerStream stream) {
    if (waiting.remove(container, stream)) {
      LOG.debug("nobody attached to container {}", container);
      stream.close();
    }
  }

  /// The stream that waits for whoever comes first, or a new one.
  ///
  /// @param input whether whoever attaches has input
  /// @param size of the terminal at the other end
  ProgramStream attach(String container, Mode mode, boolean input, Optional<TerminalSize> size)
      throws DriverException {
    ContainerStream first = waiting.remove(container);
    ContainerStream stream = first != null ? first : open(container, mode, input);
    size.ifPresent(stream::resize);
    if (first != null && !input) {
      first.endInput();
    }
    return stream;
  }

  private ContainerStream open(String container, Mode mode, boolean input) throws DriverException {
    boolean takes = input && mode.input();
    return ContainerStream.open(
        api,
        "/containers/" + container + "/attach?stream=1&stdout=1&stderr=1&stdin=" + (takes ? 1 : 0),
        "",
        mode.terminal(),
        takes,
        "AttachFailed",
        size -> resize(container, size));
  }

  private void resize(String container, TerminalSize size) {
    try {
      var _ =
          api.call(
              "resize",
              RuntimeDriver.CALL_LIMIT,
              client -> {
                client
                    .resizeContainerCmd(container)
                    .withSize(size.getRows(), size.getColumns())
                    .exec();
                return true;
              });
    } catch (DriverException | DockerException e) {
      LOG.debug("container {} does not take its size: {}", container, e.getMessage());
    }
  }
}
