/// The verbs for volumes that nodes keep for containers.
@NullMarked
package dev.berth.cli.volume;

import org.jspecify.annotations.NullMarked;
