/// The node's key and certificate: how the host joins, and how its certificate is renewed.
@NullMarked
package dev.berth.agent.security;

import org.jspecify.annotations.NullMarked;
