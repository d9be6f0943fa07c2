/// Tests of the command as a whole.
@NullMarked
package dev.berth.cli;

import org.jspecify.annotations.NullMarked;
