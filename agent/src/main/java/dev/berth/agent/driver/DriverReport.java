package dev.berth.agent.driver;

import dev.berth.v1.DriverDescription;
import dev.berth.v1.Layer;
import java.util.List;

/// What a driver says of its runtime.
///
/// @param description for the controller
/// @param layers the runtime as layers of the host; empty when it cannot be reached
public record DriverReport(DriverDescription description, List<Layer> layers) {
  public DriverReport {
    layers = List.copyOf(layers);
  }
}
