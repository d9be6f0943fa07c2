package dev.berth.cli.volume;

import dev.berth.cli.term.FailureException;
import dev.berth.spec.VolumeRules;

/// What can be the name of a volume that is there.
final class VolumeNames {
  private VolumeNames() {}

  /// @throws FailureException with exit code 2
  static void require(String name) {
    String problem = VolumeRules.lookupProblem(name);
    if (problem != null) {
      throw FailureException.usage("volume: " + problem);
    }
  }
}
