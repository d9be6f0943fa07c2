/// `berth cp`: tar archives between instances and this host, in both directions.
@NullMarked
package dev.berth.cli.copy;

import org.jspecify.annotations.NullMarked;
