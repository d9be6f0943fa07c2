/// What the controller measures of itself, for Prometheus.
@NullMarked
package dev.berth.controller.metrics;

import org.jspecify.annotations.NullMarked;
