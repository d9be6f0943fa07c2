/// Tests of what is beside.
@NullMarked
package dev.berth.cli.stats;

import org.jspecify.annotations.NullMarked;
