package dev.berth.agent;

import dev.berth.agent.image.DiskRegistries;
import dev.berth.agent.image.HttpImages;
import dev.berth.agent.image.ImageSource;
import dev.berth.agent.image.ImageStore;
import dev.berth.agent.image.ImageSweeper;
import dev.berth.agent.image.LiveSource;
import dev.berth.agent.image.MachineDisks;
import dev.berth.agent.image.NodeImages;
import dev.berth.agent.image.RegistryDisks;
import dev.berth.agent.image.RegistryTrust;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;

/// The images of this node's virtual machines, and where those machines are.
///
/// @param store what they start from
/// @param images the same, as the API speaks of it
/// @param machines holds a directory for each machine
record MachineImages(ImageStore store, NodeImages images, Path machines) {
  /// @param trust which registries' certificates are good
  static MachineImages open(Path dataDir, RegistryTrust trust, AgentClock clock, Threads threads)
      throws IOException {
    // Hypervisors run as users of their own: they may pass, and see nothing that is not named.
    Files.setPosixFilePermissions(dataDir, PosixFilePermissions.fromString("rwx--x--x"));
    Path machines = dataDir.resolve("machines");
    ImageSource urls = new LiveSource(new HttpImages(), clock, threads);
    DiskRegistries registries = new RegistryDisks(trust, clock, threads);
    ImageStore store =
        ImageStore.open(directory(dataDir), urls, registries.as(Optional.empty()), clock::wall);
    NodeImages images = new NodeImages(store, urls, registries, new MachineDisks(machines));
    return new MachineImages(store, images, machines);
  }

  /// Removes what nobody needs, now and then.
  ///
  /// @param unused how long images without a name are kept after their last use
  ImageSweeper sweeper(Duration unused, AgentClock clock) {
    return new ImageSweeper(store, new MachineDisks(machines), unused, clock);
  }

  /// Where images are kept in an agent's directory.
  static Path directory(Path dataDir) {
    return dataDir.resolve("images");
  }
}
