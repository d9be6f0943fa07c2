/// The verbs, one class each.
@NullMarked
package dev.berth.cli.verb;

import org.jspecify.annotations.NullMarked;
