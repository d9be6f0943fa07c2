/// A person's terminal at the console of a virtual machine.
@NullMarked
package dev.berth.cli.console;

import org.jspecify.annotations.NullMarked;
