/// The verbs for networks of containers that nodes have.
@NullMarked
package dev.berth.cli.network;

import org.jspecify.annotations.NullMarked;
