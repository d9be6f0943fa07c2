package dev.berth.simulation.fault;

/// What can go wrong, with how long it lasts at least and at most, in milliseconds.
public enum FaultKind {
  /// A controller is killed, and started again afterwards.
  CONTROLLER_KILLED(500, 20_000),
  /// The leader is killed, and started again afterwards.
  LEADER_KILLED(500, 20_000),
  /// The leader is stopped and goes on later, believing that no time has passed.
  LEADER_PAUSED(1_000, 60_000),
  /// An agent is killed, and started again afterwards.
  AGENT_KILLED(100, 30_000),
  /// An agent is stopped and goes on later.
  AGENT_PAUSED(1_000, 40_000),
  /// A host loses its power, and boots afterwards.
  HOST_POWER_LOST(5_000, 60_000),
  /// A node and all controllers do not reach each other.
  NODE_CUT_OFF(1_000, 60_000),
  /// What a node says does not arrive.
  NODE_NOT_HEARD(1_000, 40_000),
  /// What a node is told does not arrive.
  NODE_NOT_TOLD(1_000, 40_000),
  /// Most nodes are cut off together.
  MOST_NODES_CUT_OFF(10_000, 60_000),
  /// An agent's connection is reset.
  SESSION_RESET(1, 1),
  /// The leader does not reach etcd.
  LEADER_WITHOUT_ETCD(1_000, 30_000),
  /// The leader does not reach etcd, and its wall clock is set back while it waits.
  LEADER_SET_BACK(7_000, 20_000),
  /// etcd answers the leader late, and then not at all.
  LEADER_LOSES_SLOW_ETCD(12_000, 25_000),
  /// etcd has no quorum.
  ETCD_QUORUM_LOST(1_000, 30_000),
  /// Requests to etcd, and answers of it, get lost.
  ETCD_LOSSY(2_000, 20_000),
  /// etcd answers late.
  ETCD_SLOW(2_000, 15_000),
  /// etcd's disk is full.
  ETCD_FULL(2_000, 30_000),
  /// Another member of etcd leads.
  ETCD_LEADER_CHANGED(1, 1),
  /// The leader's lease is ended from outside.
  LEASE_ENDED(1, 1),
  /// A runtime does not answer.
  RUNTIME_HUNG(2_000, 60_000),
  /// A runtime's daemon is away; what runs goes on.
  RUNTIME_DOWN(1_000, 20_000),
  /// Calls of a runtime fail now and then, done or not.
  RUNTIME_FAILING(2_000, 40_000),
  /// A program dies.
  PROGRAM_KILLED(1, 1),
  /// The wall clock of a host is wrong.
  CLOCK_WRONG(1_000, 60_000),
  /// The disk of a node is full.
  DISK_FULL(2_000, 30_000),
  /// A file of an agent is damaged while it is down.
  STATE_DAMAGED(100, 5_000),
  /// Everything is slow.
  NETWORK_SLOW(1_000, 20_000);

  private final long leastMillis;
  private final long mostMillis;

  FaultKind(long leastMillis, long mostMillis) {
    this.leastMillis = leastMillis;
    this.mostMillis = mostMillis;
  }

  long leastMillis() {
    return leastMillis;
  }

  long mostMillis() {
    return mostMillis;
  }
}
