/// What the host is, as a stack of layers read from `/proc`, `/sys`, `/etc` and `/dev`.
@NullMarked
package dev.berth.agent.facts;

import org.jspecify.annotations.NullMarked;
