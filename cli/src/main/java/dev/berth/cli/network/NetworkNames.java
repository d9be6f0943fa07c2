package dev.berth.cli.network;

import dev.berth.cli.term.FailureException;
import dev.berth.spec.ContainerNetworkRules;

/// What can be the name of a network that is there.
final class NetworkNames {
  private NetworkNames() {}

  /// @throws FailureException with exit code 2
  static void require(String name) {
    String problem = ContainerNetworkRules.lookupProblem(name);
    if (problem != null) {
      throw FailureException.usage("network: " + problem);
    }
  }
}
