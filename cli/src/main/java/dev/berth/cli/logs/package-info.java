/// The output of instances: followed, put together from several, made harmless for a terminal.
@NullMarked
package dev.berth.cli.logs;

import org.jspecify.annotations.NullMarked;
