/// Virtual time, processes that can die, and randomness by seed: what every simulated part stands
/// on.
@NullMarked
package dev.berth.simulation.kernel;

import org.jspecify.annotations.NullMarked;
