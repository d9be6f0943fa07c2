/// Tests of what commands understand of a cluster.
@NullMarked
package dev.berth.cli.cluster;

import org.jspecify.annotations.NullMarked;
