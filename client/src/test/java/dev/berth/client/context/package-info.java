/// Tests of contexts.
@NullMarked
package dev.berth.client.context;

import org.jspecify.annotations.NullMarked;
