package dev.berth.simulation.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// What is wrong with a runtime just now.
public final class RuntimeFaults {
  private final RandomGenerator random;
  private final List<Runnable> upAgain = new ArrayList<>();
  private final List<Runnable> wentDown = new ArrayList<>();
  private boolean down;
  private boolean hung;
  private double failures;

  RuntimeFaults(RandomGenerator random) {
    this.random = random;
  }

  RandomGenerator random() {
    return random;
  }

  boolean isDown() {
    return down;
  }

  boolean isHung() {
    return hung;
  }

  /// Makes calls wait, until it is taken back.
  public void setHung(boolean hangs) {
    hung = hangs;
  }

  /// The share of calls that fail: half of them before, half after the work is done.
  public void setFailures(double share) {
    failures = share;
  }

  /// The daemon ends, or is back; what runs in it goes on.
  public void setDown(boolean isDown) {
    if (down != isDown) {
      down = isDown;
      List.copyOf(isDown ? wentDown : upAgain).forEach(Runnable::run);
    }
  }

  void observe(Runnable onDown, Runnable onUp) {
    wentDown.add(onDown);
    upAgain.add(onUp);
  }

  /// The agent is gone.
  public void forgetObservers() {
    wentDown.clear();
    upAgain.clear();
  }

  boolean fails() {
    return failures > 0 && random.nextDouble() < failures;
  }
}
