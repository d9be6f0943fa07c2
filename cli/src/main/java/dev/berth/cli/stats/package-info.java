/// `berth stats`: what instances use, again and again.
@NullMarked
package dev.berth.cli.stats;

import org.jspecify.annotations.NullMarked;
