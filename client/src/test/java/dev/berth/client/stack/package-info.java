/// Tests of stack files.
@NullMarked
package dev.berth.client.stack;

import org.jspecify.annotations.NullMarked;
