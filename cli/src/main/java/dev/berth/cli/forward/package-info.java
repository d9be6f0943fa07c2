/// Ports of this host that lead to ports of instances.
@NullMarked
package dev.berth.cli.forward;

import org.jspecify.annotations.NullMarked;
