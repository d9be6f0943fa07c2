package dev.berth.simulation.user;

import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;

/// What a user was promised of a workload.
///
/// @param uid its identity
/// @param spec as it was accepted
/// @param stopped whether it is to be stopped
record Promise(String uid, WorkloadSpec spec, boolean stopped) {
  static Promise of(Workload answer) {
    return new Promise(answer.getUid(), answer.getSpec(), answer.getStopped());
  }

  boolean isKeptBy(Workload workload) {
    return workload.getUid().equals(uid)
        && !workload.getDeleting()
        && workload.getStopped() == stopped
        && workload.getSpec().equals(spec);
  }

  String image() {
    return spec.getContainer().getImage();
  }
}
