package dev.berth.agent;

import dev.berth.agent.journal.StateFiles;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Files on a disk that is full when a test says so.
final class FailingFiles implements StateFiles {
  private final StateFiles files;
  private volatile @Nullable String problem;

  FailingFiles(StateFiles files) {
    this.files = files;
  }

  void fail(String message) {
    problem = message;
  }

  void work() {
    problem = null;
  }

  @Override
  public Optional<byte[]> read(String name) throws IOException {
    return files.read(name);
  }

  @Override
  public void replace(String name, byte[] content) throws IOException {
    String message = problem;
    if (message != null) {
      throw new IOException(message);
    }
    files.replace(name, content);
  }

  @Override
  public String setAside(String name) throws IOException {
    return files.setAside(name);
  }
}
