package dev.berth.cli.volume;

import dev.berth.cli.verb.NodeAnswer;
import dev.berth.v1.NodeVolume;

/// What one node answers of a volume.
final class VolumeAnswer {
  private VolumeAnswer() {}

  static NodeAnswer of(NodeVolume said) {
    return new NodeAnswer(said.getNode(), said.hasVolume() ? said : null, said.getFailure());
  }
}
