package dev.berth.agent.driver.docker;

import static java.util.Objects.requireNonNull;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ContainerNetwork;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Execution;
import dev.berth.agent.driver.PauseCapable;
import dev.berth.agent.driver.ProgramStream;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.OpenAttach;
import dev.berth.v1.OpenExec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reaches the programs of containers: commands beside them, their own streams, their ports.
final class ContainerPrograms {
  private static final Logger LOG = LoggerFactory.getLogger(ContainerPrograms.class);
  private static final String HOST_NETWORK = "host";

  /// A daemon that starts very many commands at once answers none of them in time.
  private static final int STARTING_MAX = 4;

  private final Semaphore starting = new Semaphore(STARTING_MAX, true);
  private final DockerApi api;
  private final ContainerAttachments attachments;
  private final OpenCommands commands;

  /// Containers that are started for whoever attaches first. Those that an earlier agent made are
  /// not among them: what they write before someone attaches is in their logs alone.
  private final Map<String, ContainerAttachments.Mode> expecting = new ConcurrentHashMap<>();

  ContainerPrograms(DockerApi api, OpenCommands commands) {
    this.api = api;
    this.commands = commands;
    this.attachments = new ContainerAttachments(api);
  }

  /// A container was made.
  void made(String container, ContainerSpec spec) {
    if (spec.getStdinOnce()) {
      expecting.put(container, new ContainerAttachments.Mode(spec.getTty(), spec.getStdin()));
    }
  }

  /// A container is about to be started.
  void starting(String container) {
    ContainerAttachments.Mode mode = expecting.get(container);
    if (mode != null) {
      try {
        attachments.expect(container, mode);
      } catch (DriverException e) {
        LOG.warn("container {} starts unattached: {}", container, e.getMessage());
      }
    }
  }

  /// A container is gone.
  void forget(String container) {
    expecting.remove(container);
    attachments.abandon(container);
  }

  Execution exec(String container, OpenExec command) throws DriverException {
    try {
      starting.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DriverException.retryable("Interrupted", "the command was not started", e);
    }
    try {
      return ContainerExec.start(api, container, command, commands);
    } finally {
      starting.release();
    }
  }

  /// Ends the commands that an earlier agent has left.
  void endLeftOver() {
    commands.endLeftOver(api);
  }

  ProgramStream attach(String container, OpenAttach wishes) throws DriverException {
    InspectContainerResponse now = running(container);
    var config = requireNonNull(now.getConfig());
    return attachments.attach(
        container,
        new ContainerAttachments.Mode(
            Boolean.TRUE.equals(config.getTty()), Boolean.TRUE.equals(config.getStdinOpen())),
        wishes.getInput(),
        wishes.hasSize() ? Optional.of(wishes.getSize()) : Optional.empty());
  }

  /// In the container's own network, or on this host when it has none of its own.
  InetSocketAddress address(String container, int port) throws DriverException {
    InspectContainerResponse now = running(container);
    Map<String, ContainerNetwork> networks = requireNonNull(now.getNetworkSettings()).getNetworks();
    if (networks.containsKey(HOST_NETWORK)) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
    return networks.values().stream()
        .map(ContainerNetwork::getIpAddress)
        .filter(address -> address != null && !address.isEmpty())
        .findFirst()
        .map(address -> new InetSocketAddress(InetAddress.ofLiteral(address), port))
        .orElseThrow(
            () ->
                DriverException.permanent(
                    "NoNetwork", "the container has no network that its node reaches", null));
  }

  /// Whether the program of a container has a terminal.
  boolean hasTerminal(String container) throws DriverException {
    var config = inspect(container).getConfig();
    return config != null && Boolean.TRUE.equals(config.getTty());
  }

  private InspectContainerResponse inspect(String container) throws DriverException {
    try {
      return api.call(
          "inspect",
          RuntimeDriver.CALL_LIMIT,
          client -> requireNonNull(client.inspectContainerCmd(container).exec()));
    } catch (NotFoundException e) {
      throw DriverException.permanent("Vanished", Refusals.words(e), e);
    } catch (DockerException e) {
      throw Refusals.retryable("InspectFailed", e);
    }
  }

  private InspectContainerResponse running(String container) throws DriverException {
    InspectContainerResponse now = inspect(container);
    if (now.getState() == null || !Boolean.TRUE.equals(now.getState().getRunning())) {
      throw DriverException.permanent(PauseCapable.NOT_RUNNING, "it does not run", null);
    }
    return now;
  }
}
