/// Whole clusters in virtual time, on one thread and by seed: the real core and the real agents,
/// with everything around them simulated.
@NullMarked
package dev.berth.simulation;

import org.jspecify.annotations.NullMarked;
