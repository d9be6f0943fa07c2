/// Measures Berth against what it stands on and against its peers.
@NullMarked
package dev.berth.bench;

import org.jspecify.annotations.NullMarked;
