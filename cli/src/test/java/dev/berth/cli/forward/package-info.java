/// Tests of `berth forward`.
@NullMarked
package dev.berth.cli.forward;

import org.jspecify.annotations.NullMarked;
