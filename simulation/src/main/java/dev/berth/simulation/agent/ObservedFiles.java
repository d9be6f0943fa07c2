package dev.berth.simulation.agent;

import dev.berth.agent.journal.StateFiles;
import dev.berth.simulation.fault.Bugs;
import dev.berth.simulation.fault.PlantedBug;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The agent's files, with a look at the epoch that is written.
final class ObservedFiles implements StateFiles {
  private static final String EPOCH = "epoch";

  private final StateFiles files;
  private final String node;
  private final AgentObserver observer;
  private final Bugs bugs;

  ObservedFiles(StateFiles files, String node, AgentObserver observer, Bugs bugs) {
    this.files = files;
    this.node = node;
    this.observer = observer;
    this.bugs = bugs;
  }

  @Override
  public Optional<byte[]> read(String name) throws IOException {
    return name.equals(EPOCH) && bugs.has(PlantedBug.EPOCH_FORGOTTEN)
        ? Optional.empty()
        : files.read(name);
  }

  @Override
  public void replace(String name, byte[] content) throws IOException {
    files.replace(name, content);
    if (name.equals(EPOCH)) {
      String text = new String(content, StandardCharsets.US_ASCII).strip();
      observer.obeys(node, Long.parseUnsignedLong(text));
    }
  }

  @Override
  public String setAside(String name) throws IOException {
    return files.setAside(name);
  }
}
