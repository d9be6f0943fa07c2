/// Runs plain processes on the host itself, each carried by a small shell script that outlives the
/// agent.
@NullMarked
package dev.berth.agent.driver.process;

import org.jspecify.annotations.NullMarked;
