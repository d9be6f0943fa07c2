package dev.berth.simulation.kernel;

import java.time.Instant;

/// The clocks of one host. The monotonic one begins somewhere at each boot and runs a little fast
/// or slow; the wall clock may be set to anything at any time.
public final class SimulatedClock {
  private static final long EPOCH_SECONDS = 1_780_000_000L;

  private final Kernel kernel;
  private final double rate;
  private long bootedAt;
  private long origin;
  private long wallOffset;

  /// @param rate nanoseconds of this clock per nanosecond of virtual time
  /// @param origin what the monotonic clock shows now
  public SimulatedClock(Kernel kernel, double rate, long origin) {
    this.kernel = kernel;
    this.rate = rate;
    this.origin = origin;
    this.bootedAt = kernel.now();
  }

  /// The monotonic clock, in nanoseconds.
  public long nanos() {
    return origin + (long) ((kernel.now() - bootedAt) * rate);
  }

  /// The wall clock.
  public Instant wall() {
    return Instant.ofEpochSecond(EPOCH_SECONDS, kernel.now() + wallOffset);
  }

  /// Sets the wall clock.
  ///
  /// @param seconds how far it is from the truth afterwards
  public void setWall(long seconds) {
    wallOffset = seconds * 1_000_000_000L;
  }

  /// The host is booted: the monotonic clock begins anew.
  public void reboot(long newOrigin) {
    bootedAt = kernel.now();
    origin = newOrigin;
  }

  /// How long a while on this clock takes in virtual time.
  long virtual(long nanosOfThisClock) {
    return (long) Math.ceil(nanosOfThisClock / rate);
  }
}
