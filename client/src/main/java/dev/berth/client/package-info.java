/// Speaks to a cluster: contexts, channels with mutual TLS, stack files.
@NullMarked
package dev.berth.client;

import org.jspecify.annotations.NullMarked;
