package dev.berth.agent.driver.docker;

import dev.berth.agent.driver.InstanceUsage;
import dev.berth.agent.driver.RuntimeHandle;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/// placeholder for the compile; replaced below
final class ContainerUsage {
  ContainerUsage(Path root, DockerApi api) {}

  List<InstanceUsage> of(Collection<RuntimeHandle> handles) {
    return List.of();
  }
}
