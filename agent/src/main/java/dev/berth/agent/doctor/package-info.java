/// Looks for what commonly breaks on a host. A check is a function from what was observed to what
/// is to be said of it; observing and mending are apart from that.
@NullMarked
package dev.berth.agent.doctor;

import org.jspecify.annotations.NullMarked;
