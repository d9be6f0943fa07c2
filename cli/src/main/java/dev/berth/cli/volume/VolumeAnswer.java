package dev.berth.cli.volume;

import dev.berth.cli.verb.NodeObjectsVerb;
import dev.berth.v1.NodeVolume;

/// What one node answers of a volume.
final class VolumeAnswer {
  private VolumeAnswer() {}

  static NodeObjectsVerb.Answer of(NodeVolume said) {
    return new NodeObjectsVerb.Answer(
        said.getNode(), said.hasVolume() ? said : null, said.getFailure());
  }
}
