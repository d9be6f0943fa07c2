/// The language in which workloads say where they may run: attributes of nodes and expressions
/// over them. Pure, linear in the length of the text, without regular expressions.
@NullMarked
package dev.berth.spec.placement;

import org.jspecify.annotations.NullMarked;
