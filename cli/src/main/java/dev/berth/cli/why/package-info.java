/// Why a slot is where it is, or waits.
@NullMarked
package dev.berth.cli.why;

import org.jspecify.annotations.NullMarked;
