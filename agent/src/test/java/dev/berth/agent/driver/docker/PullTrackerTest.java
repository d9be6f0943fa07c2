package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.berth.v1.PullProgress;
import org.junit.jupiter.api.Test;

class PullTrackerTest {
  private final PullTracker tracker = new PullTracker();

  @Test
  void addsUpLayersAndNeverGoesBack() {
    tracker.accept("a", "Pulling fs layer", null, null);
    tracker.accept("b", "Already exists", null, null);
    tracker.accept("a", "Downloading", 30L, 100L);
    tracker.accept("a", "Downloading", 20L, 100L);
    assertEquals(progress(30, 100, 1, 2), tracker.progress());
    tracker.accept("a", "Download complete", null, null);
    tracker.accept("a", "Extracting", 5L, 100L);
    assertEquals(progress(100, 100, 1, 2), tracker.progress());
    tracker.accept("a", "Pull complete", null, null);
    assertEquals(progress(100, 100, 2, 2), tracker.progress());
  }

  @Test
  void ignoresWhatIsNoLayer() {
    assertFalse(tracker.accept("2.1", "Pulling from shop", null, null));
    assertFalse(tracker.accept(null, "Digest: sha256:1", null, null));
    assertFalse(tracker.accept("a", null, 1L, 1L));
    assertEquals(progress(0, 0, 0, 0), tracker.progress());
  }

  @Test
  void addsUpAPushInTheSameWay() {
    tracker.accept("a", "Preparing", null, null);
    tracker.accept("b", "Layer already exists", null, null);
    tracker.accept("a", "Pushing", 10L, 40L);
    assertEquals(progress(10, 40, 1, 2), tracker.progress());
    tracker.accept("a", "Pushed", null, null);
    assertEquals(2, tracker.progress().getLayersDone());
  }

  private static PullProgress progress(long current, long total, int done, int layers) {
    return PullProgress.newBuilder()
        .setCurrentBytes(current)
        .setTotalBytes(total)
        .setLayersDone(done)
        .setLayersTotal(layers)
        .build();
  }
}
