package dev.berth.bench;

import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.DockerHost;
import dev.berth.e2e.harness.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Docker's swarm mode, made anew for each round.
final class Swarm implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final DockerHost host;

  Swarm(DockerHost host) {
    this.host = host;
    host.docker("swarm", "init", "--advertise-addr", host.address()).output();
  }

  /// Creates a service and waits until all its containers have started.
  ///
  /// @return nanoseconds from before the command
  long run(BareDocker docker, String image, int replicas) {
    // Detached: without it the command itself waits 5 s more to see whether all is stable.
    List<String> words = new ArrayList<>(List.of("docker", "-H", host.dockerHost()));
    words.addAll(List.of("service", "create", "--detach", "--name", "bench", "--no-resolve-image"));
    words.addAll(List.of("--replicas", Integer.toString(replicas), image));
    words.addAll(BareDocker.program());
    return docker.timeStarts(replicas, LIMIT, () -> Command.of(words).output());
  }

  /// Removes the service and waits until none of its containers is left.
  void remove(BareDocker docker) {
    host.docker("service", "rm", "bench").output();
    docker.removeAll();
    Eventually.within(LIMIT, "no container is left", docker::count, count -> count == 0);
  }

  @Override
  public void close() {
    host.docker("swarm", "leave", "--force").output();
  }
}
