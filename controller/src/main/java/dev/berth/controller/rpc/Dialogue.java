package dev.berth.controller.rpc;

import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.Instance;
import dev.berth.v1.OpenStream;
import dev.berth.v1.StreamOpened;
import java.util.Optional;

/// What is said on one kind of stream that goes in both directions.
///
/// @param <Q> the caller's messages
/// @param <A> what the caller gets
interface Dialogue<Q, A> {
  /// A stream that may be opened.
  ///
  /// @param agent who is asked
  /// @param request what it is asked for
  /// @param instance what it is about
  record Opening(StreamBroker.Target agent, OpenStream.Builder request, Instance instance) {}

  /// Whether a message is the one that opens the stream.
  boolean opens(Q message);

  /// Checks what can be known here.
  ///
  /// @throws io.grpc.StatusRuntimeException when it cannot be opened
  Opening open(Q message);

  /// What the agent gets of a message after the first one.
  ///
  /// @throws io.grpc.StatusRuntimeException for one that has no place here
  AttachStreamResponse input(Q message);

  /// The caller's first message: the stream is open.
  A opened(Instance instance, StreamOpened opened);

  /// What the caller gets of an agent's message once it is open; empty: it has no place here.
  Optional<A> output(AttachStreamRequest message);
}
