/// The real agent on a simulated host.
@NullMarked
package dev.berth.simulation.agent;

import org.jspecify.annotations.NullMarked;
