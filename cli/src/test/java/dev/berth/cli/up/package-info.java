/// Tests of `up` and `down`, with real processes.
@NullMarked
package dev.berth.cli.up;

import org.jspecify.annotations.NullMarked;
