@NullMarked
package dev.berth.simulation.kernel;

import org.jspecify.annotations.NullMarked;
