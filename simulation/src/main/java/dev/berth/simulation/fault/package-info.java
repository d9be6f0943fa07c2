/// What goes wrong, by seed or on purpose.
@NullMarked
package dev.berth.simulation.fault;

import org.jspecify.annotations.NullMarked;
