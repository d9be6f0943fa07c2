/// Simulated agents: thousands in one process, over real connections with real certificates.
@NullMarked
package dev.berth.bench.fleet;

import org.jspecify.annotations.NullMarked;
