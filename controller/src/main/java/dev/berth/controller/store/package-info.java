/// Where state survives: etcd behind a port, and the election of the leader.
@NullMarked
package dev.berth.controller.store;

import org.jspecify.annotations.NullMarked;
