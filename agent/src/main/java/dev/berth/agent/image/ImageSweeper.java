package dev.berth.agent.image;

import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.DiskRoom;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes images that nobody needs any more, and notes which ones are in use.
public final class ImageSweeper implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ImageSweeper.class);
  private static final long PERIOD_MILLIS = Duration.ofMinutes(10).toMillis();

  private final KeptImages store;
  private final ImageUses uses;
  private final ImageKeeping keeping;
  private final AgentClock clock;

  /// @param unused how long images without a name are kept after their last use
  public ImageSweeper(KeptImages store, ImageUses uses, Duration unused, AgentClock clock) {
    this.store = store;
    this.uses = uses;
    this.keeping = new ImageKeeping(unused);
    this.clock = clock;
  }

  @Override
  public void run() {
    try {
      while (true) {
        sweepOrSay();
        clock.sleep(PERIOD_MILLIS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void sweepOrSay() {
    try {
      sweep();
    } catch (IOException e) {
      LOG.warn("images that nobody needs stay for now: {}", e.getMessage());
    }
  }

  /// Does it once.
  ///
  /// @throws IOException when it cannot be told what is needed: nothing was removed then
  void sweep() throws IOException {
    // What machines need is asked for first: what comes later was used later, too.
    Map<String, NavigableSet<String>> needed = uses.byDigest();
    for (ListedImage image : store.list()) {
      if (needed.containsKey(image.image().digest())) {
        store.touch(image);
      }
    }
    List<ListedImage> surplus =
        keeping.surplus(store.list(), needed.keySet(), DiskRoom.at(store.root()), clock.wall());
    for (ListedImage image : surplus) {
      if (store.remove(image)) {
        LOG.info(
            "removed an image that nobody needs: sha256 {}, {} bytes, last used {}",
            image.image().digest(),
            image.bytes(),
            image.lastUse());
      }
    }
  }
}
