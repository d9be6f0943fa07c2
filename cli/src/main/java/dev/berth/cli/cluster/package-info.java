/// The cluster as commands see it: how it is reached, and what was meant by a name.
@NullMarked
package dev.berth.cli.cluster;

import org.jspecify.annotations.NullMarked;
