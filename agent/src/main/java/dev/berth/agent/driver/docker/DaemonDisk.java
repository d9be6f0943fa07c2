package dev.berth.agent.driver.docker;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.ReclaimableImages;
import dev.berth.spec.Quantity;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/// The disk that holds a daemon's data, told to those who found it full: the daemon's own words
/// name a file within an image, and neither the node nor the disk.
final class DaemonDisk {
  private final Owner owner;
  private final ReclaimableImages store;

  DaemonDisk(DockerApi api, Owner owner) {
    this.owner = owner;
    store = new DaemonImageStore(api, owner);
  }

  /// Which disk is full, how much of it is free now, and what to do.
  String advice() {
    return "the disk with docker's data on "
        + owner.node()
        + " is full"
        + room()
        + "; make room there, with berth image prune -a --node="
        + owner.node()
        + " for instance";
  }

  /// Empty when it cannot be told: the daemon is silent, or its files are not among ours.
  private String room() {
    try {
      Path directory = store.directory().orElse(null);
      if (directory == null) {
        return "";
      }
      FileStore disk = Files.getFileStore(directory);
      return " (%s has %s of %s free, without what had come of it)"
          .formatted(
              directory,
              Quantity.roundedMemory(disk.getUsableSpace()),
              Quantity.roundedMemory(disk.getTotalSpace()));
    } catch (IOException | DriverException _) {
      return "";
    }
  }
}
