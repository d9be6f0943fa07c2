/// A cluster that is not there: for tests of verbs, and for the training of the start-up cache.
@NullMarked
package dev.berth.cli.testing;

import org.jspecify.annotations.NullMarked;
