/// What the agent measures, and the page on which Prometheus reads it.
@NullMarked
package dev.berth.agent.metrics;

import org.jspecify.annotations.NullMarked;
