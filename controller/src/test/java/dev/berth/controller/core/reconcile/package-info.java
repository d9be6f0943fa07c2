/// Tests of the life of nodes.
@NullMarked
package dev.berth.controller.core.reconcile;

import org.jspecify.annotations.NullMarked;
