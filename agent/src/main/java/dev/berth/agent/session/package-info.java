/// The agent's side of the wire: one session with the controller that leads, and the streams that
/// it asks for.
@NullMarked
package dev.berth.agent.session;

import org.jspecify.annotations.NullMarked;
