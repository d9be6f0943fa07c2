package dev.berth.controller.loop;

/// Follows the published state. Called on the loop's thread, so it must neither block nor throw.
public interface SnapshotListener {
  /// This controller leads and serves from now on; `first` is what it loaded.
  void leadershipBegan(Snapshot first);

  /// A turn changed something that can be seen. `after` is what [ControllerLoop#snapshot] returns
  /// from now on.
  void published(Snapshot before, Snapshot after, Changes changes);

  /// This controller does not lead any more: watches and sessions must end (UNAVAILABLE). Also
  /// called when it stops.
  ///
  /// @param reason for people
  void leadershipEnded(String reason);
}
