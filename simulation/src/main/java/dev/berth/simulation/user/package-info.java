/// Users, who ask for things and remember what was promised.
@NullMarked
package dev.berth.simulation.user;

import org.jspecify.annotations.NullMarked;
