/// A person's terminal at what runs: commands, programs, consoles.
@NullMarked
package dev.berth.cli.console;

import org.jspecify.annotations.NullMarked;
