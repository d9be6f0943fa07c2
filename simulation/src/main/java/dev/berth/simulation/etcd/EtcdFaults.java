package dev.berth.simulation.etcd;

import java.util.function.Predicate;

/// What is wrong with etcd just now, changed while the simulation runs.
public final class EtcdFaults {
  private boolean quorumLost;
  private double requestLoss;
  private double answerLoss;
  private long slowNanos;
  private Predicate<String> cutOff = _ -> false;

  /// Whether no request is answered, nor any lease ended.
  public boolean quorumLost() {
    return quorumLost;
  }

  /// Takes or gives back the quorum.
  public void setQuorumLost(boolean lost) {
    quorumLost = lost;
  }

  /// The share of requests that never arrive.
  public double requestLoss() {
    return requestLoss;
  }

  /// The share of answers that never arrive, though the request was applied.
  public double answerLoss() {
    return answerLoss;
  }

  /// Sets both shares.
  public void setLoss(double requests, double answers) {
    requestLoss = requests;
    answerLoss = answers;
  }

  /// What each request takes longer than usual.
  public long slowNanos() {
    return slowNanos;
  }

  /// Makes the disk of etcd slow.
  public void setSlow(long nanos) {
    slowNanos = nanos;
  }

  /// Whether a process cannot reach etcd.
  public boolean isCutOff(String process) {
    return cutOff.test(process);
  }

  /// Says who cannot reach etcd.
  public void setCutOff(Predicate<String> processes) {
    cutOff = processes;
  }
}
