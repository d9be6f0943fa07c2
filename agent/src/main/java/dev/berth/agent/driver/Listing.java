package dev.berth.agent.driver;

import java.util.List;

/// What a runtime answered when asked for everything of ours.
public sealed interface Listing {
  /// Everything that is there.
  record Complete(List<Observation> observations) implements Listing {
    public Complete {
      observations = List.copyOf(observations);
    }
  }

  /// Nobody knows: nothing may be started, stopped or called gone because of it.
  ///
  /// @param reason for people
  record Unknown(String reason) implements Listing {}
}
