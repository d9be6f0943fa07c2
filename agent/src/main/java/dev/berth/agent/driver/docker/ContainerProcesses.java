package dev.berth.agent.driver.docker;

import com.github.dockerjava.api.command.TopContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.TopCapable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The processes of a container, as its daemon lists them with the node's ps.
final class ContainerProcesses {
  private ContainerProcesses() {}

  static TopCapable.Table of(DockerApi api, String containerId, List<String> options)
      throws DriverException {
    TopContainerResponse answer;
    try {
      answer =
          api.call(
              "top",
              RuntimeDriver.CALL_LIMIT,
              client -> {
                var asked = client.topContainerCmd(containerId);
                return (options.isEmpty() ? asked : asked.withPsArgs(String.join(" ", options)))
                    .exec();
              });
    } catch (DockerException e) {
      throw DriverException.permanent("TopFailed", Refusals.words(e), e);
    }
    String[] titles = answer.getTitles();
    String[][] processes = answer.getProcesses();
    if (titles == null || processes == null) {
      throw DriverException.retryable("BadAnswer", "docker listed no processes", null);
    }
    List<List<String>> rows = new ArrayList<>();
    for (String[] process : processes) {
      rows.add(Arrays.asList(Arrays.copyOf(process, titles.length)));
    }
    rows.replaceAll(row -> row.stream().map(cell -> cell == null ? "" : cell).toList());
    return new TopCapable.Table(Arrays.asList(titles), rows);
  }
}
