package dev.berth.agent.driver.docker;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import dev.berth.v1.LogChunk;
import java.util.Optional;

final class ContainerLogReader implements LogReader {
  static ContainerLogReader open(DockerApi api, String id, LogQuery query) throws DriverException {
    return new ContainerLogReader();
  }

  @Override
  public Optional<LogChunk> next() throws DriverException {
    return Optional.empty();
  }

  @Override
  public void close() {}
}
