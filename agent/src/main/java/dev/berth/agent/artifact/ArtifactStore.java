package dev.berth.agent.artifact;

import dev.berth.agent.image.Expected;
import dev.berth.agent.image.HttpImages;
import dev.berth.agent.image.ImageException;
import dev.berth.agent.image.ImageProgress;
import dev.berth.agent.image.ImageSource;
import dev.berth.agent.image.ImageStore;
import dev.berth.agent.image.ImageSweeper;
import dev.berth.agent.image.ImageUses;
import dev.berth.agent.image.LiveSource;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/// The artifacts that a node has: a store of its own, kept as that of the images is. What is in it
/// was checked by its digest.
public final class ArtifactStore {
  static final long BYTES_MAX = 4L << 30;

  private final ImageStore store;
  private final ImageSource source;

  private ArtifactStore(ImageStore store, ImageSource source) {
    this.store = store;
    this.source = source;
  }

  /// Opens a store, which need not be there yet, and removes what was not finished in it.
  ///
  /// @param root for its files alone
  /// @throws IOException when its directories cannot be made
  public static ArtifactStore open(Path root, AgentClock clock, Threads threads)
      throws IOException {
    return open(root, new LiveSource(new HttpImages(), clock, threads), BYTES_MAX, clock);
  }

  static ArtifactStore open(Path root, ImageSource servers, long maxBytes, AgentClock clock)
      throws IOException {
    ImageSource source = new ArtifactSource(servers, maxBytes);
    ImageStore store = ImageStore.open(root, source, clock::wall);
    // No hypervisor reads these.
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
    return new ArtifactStore(store, source);
  }

  /// The file that a URL has. It is fetched unless it is here; several that want the same wait for
  /// one fetch.
  ///
  /// @param url http, https or file
  /// @param sha256 digest that it must have
  /// @throws ImageException when it cannot be had, or is something else
  public Path fetch(String url, String sha256, ImageProgress progress)
      throws ImageException, InterruptedException {
    return fetch(source, url, sha256, progress);
  }

  /// What another source has.
  ///
  /// @param from the source
  /// @param where what it calls it
  Path fetch(ImageSource from, String where, String sha256, ImageProgress progress)
      throws ImageException, InterruptedException {
    return store.fetch(from, where, Expected.of(sha256), progress).file();
  }

  ImageSweeper sweeper(ImageUses uses, Duration unused, AgentClock clock) {
    return new ImageSweeper(store, uses, unused, clock);
  }
}
