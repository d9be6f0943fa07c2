/// One thin adapter per gRPC service, and what they share: who may call what, sessions, streams.
@NullMarked
package dev.berth.controller.rpc;

import org.jspecify.annotations.NullMarked;
