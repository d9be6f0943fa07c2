@NullMarked
package dev.berth.simulation.etcd;

import org.jspecify.annotations.NullMarked;
