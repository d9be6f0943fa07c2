/// Tests of what people and scripts see.
@NullMarked
package dev.berth.cli.term;

import org.jspecify.annotations.NullMarked;
