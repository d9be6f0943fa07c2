@NullMarked
package dev.berth.cli.compare;

import org.jspecify.annotations.NullMarked;
