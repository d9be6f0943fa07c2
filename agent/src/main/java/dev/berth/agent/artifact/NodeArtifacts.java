package dev.berth.agent.artifact;

import dev.berth.agent.image.ImageSweeper;
import dev.berth.agent.image.ImageUses;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What processes of a node start from.
///
/// @param files what was fetched
/// @param roots images that were unpacked
public record NodeArtifacts(ArtifactStore files, RootStore roots) {
  /// Opens both, which need not be there yet.
  ///
  /// @param dataDir of the agent
  /// @throws IOException when a directory cannot be made
  public static NodeArtifacts open(Path dataDir, AgentClock clock, Threads threads)
      throws IOException {
    ArtifactStore files = ArtifactStore.open(dataDir.resolve("artifacts"), clock, threads);
    return new NodeArtifacts(
        files, RootStore.open(dataDir.resolve("roots"), files, clock, threads));
  }

  /// What removes from them what nobody wanted for a while.
  ///
  /// @param uses the instances that have an unpacked image; nothing needs a file once it is placed
  /// @param unused how long something is kept after its last use
  public List<ImageSweeper> sweepers(ImageUses uses, Duration unused, AgentClock clock) {
    return List.of(files.sweeper(Map::of, unused, clock), roots.sweeper(uses, unused, clock));
  }
}
