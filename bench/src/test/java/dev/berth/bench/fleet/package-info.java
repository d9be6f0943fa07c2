/// Tests with simulated agents against real controllers.
@NullMarked
package dev.berth.bench.fleet;

import org.jspecify.annotations.NullMarked;
