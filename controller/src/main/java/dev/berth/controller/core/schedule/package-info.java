/// Which node gets an instance, and why the others do not.
@NullMarked
package dev.berth.controller.core.schedule;

import org.jspecify.annotations.NullMarked;
