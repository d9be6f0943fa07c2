/// What the agent's loop needs of its host and of its operators' tools, besides runtimes.
@NullMarked
package dev.berth.agent.port;

import org.jspecify.annotations.NullMarked;
