/// The invariants, judged from the runtimes and the store.
@NullMarked
package dev.berth.simulation.check;

import org.jspecify.annotations.NullMarked;
