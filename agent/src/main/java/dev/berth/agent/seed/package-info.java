/// Seeds for cloud-init's NoCloud source, as small ISO 9660 images that are made in memory.
@NullMarked
package dev.berth.agent.seed;

import org.jspecify.annotations.NullMarked;
