package dev.berth.simulation.fault;

/// Mistakes that systems like Berth have been shipped with. Each is made in the simulated ports
/// around the real code, never in it, and each must be caught by an invariant.
public enum PlantedBug {
  /// A commit does not compare the leader key.
  NO_EPOCH_COMPARE,
  /// A commit compares nothing at all.
  NO_COMPARE,
  /// The store says "durable" before it is.
  ACKNOWLEDGED_BEFORE_DURABLE,
  /// A commit whose answer is late counts as done.
  UNKNOWN_OUTCOME_AS_SUCCESS,
  /// A commit whose answer is late is sent again without comparisons.
  BLIND_RETRY,
  /// Deletions are not stored.
  FORGOTTEN_TOMBSTONE,
  /// The second half of a commit is dropped and the whole called done.
  PARTIAL_COMMIT_AS_SUCCESS,
  /// A commit overtakes the one before it.
  COMMIT_ORDER_REVERSED,
  /// The leader's deadline is counted on the wall clock.
  WALL_CLOCK_DEADLINE,
  /// The leader's deadline is counted from the answer of a keep-alive, not from its question.
  DEADLINE_FROM_ANSWER,
  /// A leader goes on until a commit is refused.
  NO_STEP_DOWN,
  /// A deposed leader goes on answering reads.
  STALE_SNAPSHOT_SERVED,
  /// A new leader believes that nobody was heard for half a minute.
  AMNESTY_SKIPPED,
  /// A request that is sent once arrives twice.
  DUPLICATED_REQUEST,
  /// Slots that are to be held are replaced.
  HOLD_AS_REPLACE,
  /// Nodes are believed to have twice what they have.
  CAPACITY_COUNTED_TWICE,
  /// An old complete set comes again in a later session.
  OLD_ASSIGNMENTS_REPLAYED,
  /// Assignments of one node reach another.
  ASSIGNMENTS_MISDELIVERED,
  /// Reports are acknowledged and dropped.
  REPORTS_ACKNOWLEDGED_AND_DROPPED,
  /// The agent makes another object although there is one.
  DOUBLE_START,
  /// A listing that failed counts as an empty one.
  LISTING_FAILURE_AS_EMPTY,
  /// A listing that was cut counts as complete.
  PARTIAL_LISTING_AS_COMPLETE,
  /// What others made counts as ours.
  FOREIGN_OBJECTS_LISTED,
  /// News of the runtime get lost and nobody looks again.
  RUNTIME_NEWS_LOST,
  /// A stop is answered, and the program goes on.
  STOP_ANSWERED_BUT_NOT_DONE,
  /// What the agent writes is not synced.
  DISK_WITHOUT_SYNC,
  /// Files are written in place.
  FILES_WRITTEN_IN_PLACE,
  /// The agent forgets the highest epoch when it is restarted.
  EPOCH_FORGOTTEN,
  /// The agent takes a booted host for the one before.
  BOOT_NOT_NOTICED,
  /// The agent stops everything when its session breaks.
  STOPS_WHEN_CUT_OFF
}
