/// A host's container runtime and its disk.
@NullMarked
package dev.berth.simulation.runtime;

import org.jspecify.annotations.NullMarked;
