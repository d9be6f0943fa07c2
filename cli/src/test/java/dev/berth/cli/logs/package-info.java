/// Tests of `berth logs`.
@NullMarked
package dev.berth.cli.logs;

import org.jspecify.annotations.NullMarked;
