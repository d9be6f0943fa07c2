package dev.berth.agent.driver.docker;

import dev.berth.v1.PullProgress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Adds up the progress of an image's layers, on their way here or to a registry. Not thread-safe.
///
/// The daemon reports each layer on its own, first while it is downloaded, then while it is
/// unpacked. Only the download is counted: it is what takes long and what has a known size.
final class PullTracker {
  private static final int MOST_LAYERS = 1000;

  private static final class Layer {
    long current;
    long total;
    boolean done;
  }

  private final Map<String, Layer> layers = new LinkedHashMap<>();

  /// Takes one message of the daemon; returns whether the sum changed.
  boolean accept(
      @Nullable String id, @Nullable String status, @Nullable Long current, @Nullable Long total) {
    if (id == null || status == null || status.startsWith("Pulling from")) {
      return false;
    }
    Layer layer = layers.get(id);
    if (layer == null) {
      if (layers.size() >= MOST_LAYERS) {
        return false;
      }
      layer = new Layer();
      layers.put(id, layer);
    }
    switch (status) {
      case "Downloading", "Pushing" -> {
        layer.total = Math.max(layer.total, total == null ? 0 : total);
        layer.current = Math.max(layer.current, current == null ? 0 : current);
      }
      case "Download complete", "Verifying Checksum", "Extracting" -> {
        layer.total = Math.max(layer.total, layer.current);
        layer.current = layer.total;
      }
      case "Pull complete", "Already exists", "Pushed", "Layer already exists" -> {
        layer.current = layer.total;
        layer.done = true;
      }
      default -> {
        // "Pulling fs layer", "Waiting": the layer is known and nothing of it is here
      }
    }
    return true;
  }

  /// The sum over all layers.
  PullProgress progress() {
    PullProgress.Builder sum = PullProgress.newBuilder().setLayersTotal(layers.size());
    long current = 0;
    long total = 0;
    int done = 0;
    for (Layer layer : layers.values()) {
      current += layer.current;
      total += layer.total;
      done += layer.done ? 1 : 0;
    }
    return sum.setCurrentBytes(current).setTotalBytes(total).setLayersDone(done).build();
  }
}
