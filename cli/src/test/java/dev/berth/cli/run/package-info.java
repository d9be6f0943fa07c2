/// Tests of `berth run`.
@NullMarked
package dev.berth.cli.run;

import org.jspecify.annotations.NullMarked;
