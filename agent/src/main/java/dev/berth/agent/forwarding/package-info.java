/// Lets the packets of machines through packet filters that drop what is forwarded.
@NullMarked
package dev.berth.agent.forwarding;

import org.jspecify.annotations.NullMarked;
