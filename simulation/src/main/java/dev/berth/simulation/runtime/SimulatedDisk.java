package dev.berth.simulation.runtime;

import dev.berth.agent.journal.StateFiles;
import dev.berth.simulation.kernel.SimulatedProcess;
import dev.berth.simulation.kernel.Waiting;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A host's disk: files survive the death of who wrote them, and a loss of power as far as they
/// were synced.
public final class SimulatedDisk {
  private static final long SYNC_NANOS = 3_000_000;

  private final RandomGenerator random;
  private final Map<String, byte[]> synced = new TreeMap<>();
  private final Map<String, byte[]> cached = new TreeMap<>();
  private boolean full;
  private boolean lying;
  private boolean tearing;

  /// An empty disk.
  public SimulatedDisk(RandomGenerator random) {
    this.random = random;
  }

  /// Fills it, or makes room.
  public void setFull(boolean isFull) {
    full = isFull;
  }

  /// Makes it answer a sync without doing it.
  public void setLying(boolean lies) {
    lying = lies;
  }

  /// Makes a write that is cut off leave half a file.
  public void setTearing(boolean tears) {
    tearing = tears;
  }

  /// The power fails.
  public void losePower() {
    cached.clear();
    cached.putAll(synced);
  }

  /// Damages a file, if there is one.
  ///
  /// @return whether there is
  public boolean damage(String name) {
    byte[] content = cached.get(name);
    if (content == null || content.length == 0) {
      return false;
    }
    byte[] damaged = content.clone();
    int at = random.nextInt(damaged.length);
    damaged[at] ^= (byte) (1 + random.nextInt(255));
    write(name, damaged);
    return true;
  }

  private void write(String name, byte[] content) {
    cached.put(name, content);
    if (!lying) {
      synced.put(name, content);
    }
  }

  /// The disk as one process sees it.
  public StateFiles files(SimulatedProcess process) {
    return new StateFiles() {
      @Override
      public Optional<byte[]> read(String name) {
        byte @Nullable [] content = cached.get(name);
        return content == null ? Optional.empty() : Optional.of(content.clone());
      }

      @Override
      public void replace(String name, byte[] content) throws IOException {
        if (tearing) {
          // Until the sync is done, half of it is there.
          write(name, Arrays.copyOf(content, content.length / 2));
        }
        pause(process);
        if (full) {
          throw new IOException("No space left on device");
        }
        write(name, content.clone());
      }

      @Override
      public String setAside(String name) {
        byte[] content = cached.remove(name);
        synced.remove(name);
        if (content != null) {
          write(name + ".damaged", content);
        }
        return name + ".damaged";
      }

      @Override
      public String toString() {
        return "disk of " + process.name();
      }
    };
  }

  private void pause(SimulatedProcess process) throws IOException {
    try {
      Waiting.sleep(process, SYNC_NANOS / 2 + random.nextLong(SYNC_NANOS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
