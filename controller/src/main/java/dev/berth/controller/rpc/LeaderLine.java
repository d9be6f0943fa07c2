package dev.berth.controller.rpc;

import io.grpc.Channel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The calls that are handed on to one leader.
///
/// @param peer the leader
/// @param channel to it
/// @param calls under way
record LeaderLine(Controllers.Peer peer, Channel channel, Set<ForwardedCall<?, ?>> calls) {
  static LeaderLine to(Controllers.Peer peer, Channel channel) {
    return new LeaderLine(peer, channel, ConcurrentHashMap.newKeySet());
  }

  /// Ends the calls: it does not lead any more.
  void drop() {
    calls.forEach(ForwardedCall::drop);
  }
}
