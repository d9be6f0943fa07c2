/// Stack files: one table of fields makes the reader and the published JSON Schema.
@NullMarked
package dev.berth.client.stack;

import org.jspecify.annotations.NullMarked;
