package dev.berth.cli.network;

import dev.berth.cli.verb.NodeAnswer;
import dev.berth.v1.NodeNetwork;

/// What one node answers of a network.
final class NetworkAnswer {
  private NetworkAnswer() {}

  static NodeAnswer of(NodeNetwork said) {
    return new NodeAnswer(said.getNode(), said.hasNetwork() ? said : null, said.getFailure());
  }
}
