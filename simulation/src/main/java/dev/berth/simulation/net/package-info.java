/// The network between hosts, agents' sessions over it, and what it loses.
@NullMarked
package dev.berth.simulation.net;

import org.jspecify.annotations.NullMarked;
