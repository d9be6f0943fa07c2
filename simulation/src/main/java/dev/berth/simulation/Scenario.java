package dev.berth.simulation;

import dev.berth.simulation.fault.Fault;
import java.util.List;

/// What a run consists of, besides its seed.
///
/// @param size how large the world is
/// @param faults what goes wrong
/// @param wishes how many things users ask for at most
/// @param chaosMillis how long faults and wishes go on
public record Scenario(World.Size size, List<Fault> faults, long wishes, long chaosMillis) {
  /// Copies.
  public Scenario {
    faults = List.copyOf(faults);
  }

  /// The same with other faults.
  public Scenario with(List<Fault> others) {
    return new Scenario(size, others, wishes, chaosMillis);
  }

  /// The same with another bound on wishes.
  public Scenario withWishes(long most) {
    return new Scenario(size, faults, most, chaosMillis);
  }

  /// The same with another length, without the faults that would begin only in the quiet after it.
  public Scenario withChaos(long millis) {
    List<Fault> within = faults.stream().filter(each -> each.atMillis() < millis).toList();
    return new Scenario(size, within, wishes, millis);
  }
}
