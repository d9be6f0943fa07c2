/// Verbs for what only virtual machines can do.
@NullMarked
package dev.berth.cli.vm;

import org.jspecify.annotations.NullMarked;
