/// Real clusters on one machine: etcd, controllers, agents and hosts with a Docker daemon each.
@NullMarked
package dev.berth.e2e.harness;

import org.jspecify.annotations.NullMarked;
