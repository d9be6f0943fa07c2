/// One instance on this node: what is wanted, what is seen, and the one step from here to there.
@NullMarked
package dev.berth.agent.instance;

import org.jspecify.annotations.NullMarked;
