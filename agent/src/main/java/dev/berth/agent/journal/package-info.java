/// What the agent remembers on disk: files that are never torn.
@NullMarked
package dev.berth.agent.journal;

import org.jspecify.annotations.NullMarked;
