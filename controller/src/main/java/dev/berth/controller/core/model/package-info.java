/// What the controller knows of the cluster, as immutable values.
@NullMarked
package dev.berth.controller.core.model;

import org.jspecify.annotations.NullMarked;
