/// The control plane: desired state in etcd, scheduled to agents.
@NullMarked
package dev.berth.controller;

import org.jspecify.annotations.NullMarked;
