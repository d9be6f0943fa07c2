/// The daemon of a host: makes what is assigned run, and says what is true.
@NullMarked
package dev.berth.agent;

import org.jspecify.annotations.NullMarked;
