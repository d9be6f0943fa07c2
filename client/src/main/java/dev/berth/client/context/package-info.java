/// Which cluster is meant, and with which credentials: the context file, the environment, flags.
@NullMarked
package dev.berth.client.context;

import org.jspecify.annotations.NullMarked;
