/// Desired against actual: slots, roll-outs and the life of nodes.
@NullMarked
package dev.berth.controller.core.reconcile;

import org.jspecify.annotations.NullMarked;
