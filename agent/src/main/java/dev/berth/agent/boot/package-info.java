/// What a machine's serial console says about its start: bytes to lines, lines to phases.
@NullMarked
package dev.berth.agent.boot;

import org.jspecify.annotations.NullMarked;
