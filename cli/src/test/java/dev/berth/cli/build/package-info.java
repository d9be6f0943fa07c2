@NullMarked
package dev.berth.cli.build;

import org.jspecify.annotations.NullMarked;
