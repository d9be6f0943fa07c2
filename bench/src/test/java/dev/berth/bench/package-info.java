/// Tests of what the benchmarks compute with.
@NullMarked
package dev.berth.bench;

import org.jspecify.annotations.NullMarked;
