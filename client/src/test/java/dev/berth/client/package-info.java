/// Tests of the way to a cluster.
@NullMarked
package dev.berth.client;

import org.jspecify.annotations.NullMarked;
