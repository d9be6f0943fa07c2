package dev.berth.controller.rpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Sends each call to whoever may answer it: this controller while it leads, else the leader. A
/// read that the leader cannot be asked is answered from the stored state. What was handed on once
/// is not handed on again.
final class Forwarding {
  /// Time in which a former leader answers what it has taken.
  private static final long GRACE_MILLIS = 250;

  private final Controllers controllers;
  private final PeerChannels channels;
  private final ScheduledExecutorService timer;
  private final AtomicReference<@Nullable LeaderLine> line = new AtomicReference<>();

  Forwarding(Controllers controllers, PeerChannels channels, ScheduledExecutorService timer) {
    this.controllers = controllers;
    this.channels = channels;
    this.timer = timer;
  }

  /// The same service, answered by whoever may.
  ServerServiceDefinition route(ServerServiceDefinition service) {
    ServerServiceDefinition.Builder routed =
        ServerServiceDefinition.builder(service.getServiceDescriptor());
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      routed.addMethod(route(method));
    }
    return routed.build();
  }

  private <Q, A> ServerMethodDefinition<Q, A> route(ServerMethodDefinition<Q, A> method) {
    MethodDescriptor<Q, A> descriptor = method.getMethodDescriptor();
    Answering answering = Answering.of(descriptor.getFullMethodName());
    if (answering == Answering.ANYONE) {
      return method;
    }
    ServerCallHandler<Q, A> local = method.getServerCallHandler();
    return method.withServerCallHandler(
        (call, headers) -> {
          if (controllers.leads()) {
            return local.startCall(call, headers);
          }
          LeaderLine leader = line.get();
          if (answering == Answering.LEADER_ITSELF
              || headers.containsKey(BerthHeaders.CALLER)
              || Access.isPeer()) {
            throw StatusMapper.notLeading();
          }
          boolean readable = answering == Answering.LEADER_OR_COPY;
          if (leader != null) {
            return forward(call, leader, readable ? local : null);
          }
          Optional<Controllers.StaleState> state =
              readable ? controllers.staleState() : Optional.empty();
          if (state.isPresent()) {
            return StaleRead.begin(call, headers, local, state.get());
          }
          throw controllers.storeIsFull() ? StatusMapper.storeIsFull() : StatusMapper.notLeading();
        });
  }

  /// @param local answers from the stored state when the leader cannot be asked; null: nothing does
  private <Q, A> ServerCall.Listener<Q> forward(
      ServerCall<Q, A> call, LeaderLine leader, @Nullable ServerCallHandler<Q, A> local) {
    // A context that ends with the call, so that the leader is not asked any longer than that.
    ClientCall<Q, A> onward =
        leader.channel().newCall(call.getMethodDescriptor(), CallOptions.DEFAULT);
    ForwardedCall<Q, A> forwarded =
        new ForwardedCall<>(
            call,
            onward,
            new ForwardedCall.Ends<>(
                request -> rescue(call, request, local), leader.calls()::remove));
    leader.calls().add(forwarded);
    Metadata headers = new Metadata();
    Access.certificate().ifPresent(own -> headers.put(BerthHeaders.CALLER, own));
    forwarded.start(headers);
    return forwarded;
  }

  private <Q, A> boolean rescue(
      ServerCall<Q, A> call, Q request, @Nullable ServerCallHandler<Q, A> local) {
    Optional<Controllers.StaleState> state =
        local == null ? Optional.empty() : controllers.staleState();
    if (local == null || state.isEmpty()) {
      return false;
    }
    StaleRead.answer(call, request, local, state.get());
    return true;
  }

  /// Follows the leader: calls that a former one still has after a moment of grace end.
  void leaderChanged(Optional<Controllers.Peer> leader) {
    LeaderLine present = line.get();
    if (leader.equals(Optional.ofNullable(present).map(LeaderLine::peer))) {
      return;
    }
    LeaderLine next =
        leader.map(peer -> LeaderLine.to(peer, channels.to(peer.address()))).orElse(null);
    LeaderLine former = line.getAndSet(next);
    if (former != null) {
      var _ = timer.schedule(former::drop, GRACE_MILLIS, TimeUnit.MILLISECONDS);
    }
    // Waits of earlier failures to connect do not count against a new leader.
    if (leader.isPresent()) {
      channels.to(leader.get().address()).resetConnectBackoff();
    }
  }
}
