/// Tests of what is beside.
@NullMarked
package dev.berth.cli.copy;

import org.jspecify.annotations.NullMarked;
