/// Tests of the rules of specs.
@NullMarked
package dev.berth.spec;

import org.jspecify.annotations.NullMarked;
