/// The real core and turns of a controller, as a simulated process.
@NullMarked
package dev.berth.simulation.controller;

import org.jspecify.annotations.NullMarked;
