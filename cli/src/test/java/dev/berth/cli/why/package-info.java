/// Tests of what is said about the scheduler's decisions.
@NullMarked
package dev.berth.cli.why;

import org.jspecify.annotations.NullMarked;
