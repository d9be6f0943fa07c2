/// Tests of the language of placement.
@NullMarked
package dev.berth.spec.placement;

import org.jspecify.annotations.NullMarked;
