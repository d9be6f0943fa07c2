package dev.berth.controller.loop;

import dev.berth.controller.core.ClusterEvent;

/// An event and when it was handed in, by [LoopClock#nanos].
record Queued(ClusterEvent event, long sinceNanos) {}
