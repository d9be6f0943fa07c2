/// Tests of images.
@NullMarked
package dev.berth.cli.image;

import org.jspecify.annotations.NullMarked;
