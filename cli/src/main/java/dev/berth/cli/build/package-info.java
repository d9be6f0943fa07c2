/// `berth build`: what goes into a context, its way to the builder, and the image's way to all
/// nodes.
@NullMarked
package dev.berth.cli.build;

import org.jspecify.annotations.NullMarked;
