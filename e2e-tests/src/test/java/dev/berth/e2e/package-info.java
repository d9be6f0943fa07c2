/// Tests that start everything for real and judge from the outside.
@NullMarked
package dev.berth.e2e;

import org.jspecify.annotations.NullMarked;
