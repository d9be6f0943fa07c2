/// Tests of verbs.
@NullMarked
package dev.berth.cli.verb;

import org.jspecify.annotations.NullMarked;
