/// Images of containers give back room when their file system is nearly full.
@NullMarked
package dev.berth.agent.reclaim;

import org.jspecify.annotations.NullMarked;
