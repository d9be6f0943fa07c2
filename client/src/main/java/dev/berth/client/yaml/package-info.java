/// Reads strict YAML 1.2 into a tree that knows the line and column of everything.
@NullMarked
package dev.berth.client.yaml;

import org.jspecify.annotations.NullMarked;
