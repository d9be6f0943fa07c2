package dev.berth.agent.session;

import dev.berth.agent.journal.EpochFile;
import dev.berth.v1.AssignmentChange;
import dev.berth.v1.AssignmentSet;
import dev.berth.v1.Welcome;
import java.io.IOException;

/// What an agent obeys in one session: a controller of its own cluster whose epoch is not lower
/// than any before, one complete set, and then an unbroken chain of changes. Not thread-safe.
final class AssignmentChain {
  private final String clusterUid;
  private final EpochFile epochs;
  private boolean welcomed;
  private boolean complete;
  private long epoch;
  private long revision;

  AssignmentChain(String clusterUid, EpochFile epochs) {
    this.clusterUid = clusterUid;
    this.epochs = epochs;
  }

  /// A controller that is not obeyed.
  static final class BrokenException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenException(String message) {
      super(message);
    }
  }

  boolean welcomed() {
    return welcomed;
  }

  boolean isComplete() {
    return complete;
  }

  void welcome(Welcome welcome) throws BrokenException {
    if (welcomed) {
      throw new BrokenException("welcome: sent twice");
    }
    if (!welcome.getClusterUid().equals(clusterUid)) {
      throw new BrokenException(
          "welcome.cluster_uid: the controller belongs to another cluster (expected: "
              + clusterUid
              + ")");
    }
    accept("welcome.epoch", welcome.getEpoch());
    welcomed = true;
    epoch = welcome.getEpoch();
  }

  void complete(AssignmentSet set) throws BrokenException {
    sameEpoch("assignments.epoch", set.getEpoch());
    complete = true;
    revision = set.getRevision();
  }

  void change(AssignmentChange change) throws BrokenException {
    sameEpoch("assignment_change.epoch", change.getEpoch());
    if (!complete || change.getAppliesTo() != revision) {
      throw new BrokenException(
          "assignment_change.applies_to: "
              + Long.toUnsignedString(change.getAppliesTo())
              + " (expected: "
              + (complete ? Long.toUnsignedString(revision) : "a complete set first")
              + ")");
    }
    revision = change.getResultsIn();
  }

  private void sameEpoch(String field, long value) throws BrokenException {
    if (!welcomed || value != epoch) {
      throw new BrokenException(
          field
              + ": "
              + Long.toUnsignedString(value)
              + " (expected: "
              + (welcomed ? Long.toUnsignedString(epoch) : "welcome first")
              + ")");
    }
    // Another session of this agent may have met a newer leader in the meantime.
    accept(field, value);
  }

  private void accept(String field, long value) throws BrokenException {
    try {
      if (!epochs.accept(value)) {
        throw new BrokenException(
            field
                + ": "
                + Long.toUnsignedString(value)
                + " (expected: at least "
                + Long.toUnsignedString(epochs.highest())
                + "); the controller does not lead any more");
      }
    } catch (IOException e) {
      BrokenException broken =
          new BrokenException("the new epoch cannot be written to disk: " + e.getMessage());
      broken.initCause(e);
      throw broken;
    }
  }
}
