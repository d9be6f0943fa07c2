package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.v1.AttachStreamRequest;
import io.grpc.stub.StreamObserver;

/// What an agent's stream is for: gets the agent's messages, once it has dialled.
interface AgentStream extends StreamObserver<AttachStreamRequest> {
  /// An agent is asked to dial.
  ///
  /// @param node its node, for messages to people
  /// @param whenUserGone called when nobody wants the stream any more; at once when that was before
  void ask(String node, Runnable whenUserGone);

  /// The agent dialled.
  void attach(AgentSide side);

  /// The agent does not dial, or what it serves cannot go on.
  void fail(RefusalCode code, String message);
}
