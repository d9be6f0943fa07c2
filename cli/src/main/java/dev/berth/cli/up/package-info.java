/// The verbs `up` and `down`: a whole cluster on this host, as supervised child processes.
@NullMarked
package dev.berth.cli.up;

import org.jspecify.annotations.NullMarked;
