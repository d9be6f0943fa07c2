package dev.berth.cli.network;

import dev.berth.cli.verb.NodeObjectsVerb;
import dev.berth.v1.NodeNetwork;

/// What one node answers of a network.
final class NetworkAnswer {
  private NetworkAnswer() {}

  static NodeObjectsVerb.Answer of(NodeNetwork said) {
    return new NodeObjectsVerb.Answer(
        said.getNode(), said.hasNetwork() ? said : null, said.getFailure());
  }
}
