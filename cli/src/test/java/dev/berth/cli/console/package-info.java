/// Tests of `berth console`.
@NullMarked
package dev.berth.cli.console;

import org.jspecify.annotations.NullMarked;
