package dev.berth.cli.verb;

import dev.berth.spec.Quantity;
import dev.berth.v1.PullProgress;

/// The pull of an image in words.
public final class PullText {
  private PullText() {}

  /// `12.3Mi of 45Mi, 1 of 3 layers`.
  public static String of(PullProgress pull) {
    String bytes = Quantity.roundedMemory(pull.getCurrentBytes());
    if (pull.getTotalBytes() > 0) {
      bytes += " of " + Quantity.roundedMemory(pull.getTotalBytes());
    }
    return pull.getLayersTotal() == 0
        ? bytes
        : bytes + ", " + pull.getLayersDone() + " of " + pull.getLayersTotal() + " layers";
  }
}
