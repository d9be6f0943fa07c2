/// etcd as its clients see it: keys with revisions, transactions, leases and watches, and the
/// faults that a cluster of it can have.
@NullMarked
package dev.berth.simulation.etcd;

import org.jspecify.annotations.NullMarked;
