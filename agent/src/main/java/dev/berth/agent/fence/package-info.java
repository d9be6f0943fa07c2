/// Stops instances with the lost policy FENCE when no controller has acknowledged this node for too
/// long, even when the agent itself cannot.
@NullMarked
package dev.berth.agent.fence;

import org.jspecify.annotations.NullMarked;
