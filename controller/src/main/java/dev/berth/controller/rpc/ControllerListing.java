package dev.berth.controller.rpc;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import dev.berth.v1.AdminServiceGrpc;
import dev.berth.v1.Cluster;
import dev.berth.v1.Controller;
import dev.berth.v1.GetClusterRequest;
import dev.berth.v1.ListControllersResponse;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Asks every controller that runs how it is, all at the same time.
final class ControllerListing {
  private static final long LIMIT_MILLIS = 1_000;

  private final Controllers controllers;
  private final PeerChannels channels;

  ControllerListing(Controllers controllers, PeerChannels channels) {
    this.controllers = controllers;
    this.channels = channels;
  }

  /// Blocks for a few seconds at most.
  ///
  /// @param caller certificate (DER) of who asks: the others are asked in this name
  /// @param here this controller's own answer
  ListControllersResponse list(Optional<byte[]> caller, Supplier<Cluster> here) {
    Map<Controllers.Peer, @Nullable ListenableFuture<Cluster>> asked = new LinkedHashMap<>();
    try {
      for (Controllers.Peer peer : controllers.all()) {
        boolean self = peer.id().equals(controllers.self().id());
        asked.put(peer, self ? null : ask(peer, caller));
      }
    } catch (IOException e) {
      throw Status.UNAVAILABLE
          .withDescription(StatusMapper.description(String.valueOf(e.getMessage())))
          .withCause(e)
          .asRuntimeException();
    }
    ListControllersResponse.Builder answer = ListControllersResponse.newBuilder();
    asked.forEach(
        (peer, future) ->
            answer.addControllers(
                describe(peer, future == null ? Optional.of(here.get()) : await(future))));
    return answer.build();
  }

  private ListenableFuture<Cluster> ask(Controllers.Peer peer, Optional<byte[]> caller) {
    Metadata headers = new Metadata();
    caller.ifPresent(certificate -> headers.put(BerthHeaders.CALLER, certificate));
    return AdminServiceGrpc.newFutureStub(channels.to(peer.address()))
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .withDeadlineAfter(LIMIT_MILLIS, TimeUnit.MILLISECONDS)
        .getCluster(GetClusterRequest.getDefaultInstance());
  }

  private static Optional<Cluster> await(ListenableFuture<Cluster> answer) {
    try {
      return Optional.of(answer.get());
    } catch (ExecutionException _) {
      return Optional.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static Controller describe(Controllers.Peer peer, Optional<Cluster> answer) {
    Controller.Builder controller =
        Controller.newBuilder()
            .setId(peer.id())
            .setAddress(peer.address())
            .setVersion(peer.version())
            .setReachable(answer.isPresent())
            .setStartTime(timestamp(peer.since()));
    answer.ifPresent(
        cluster -> {
          controller.setLeader(cluster.getLeader());
          if (cluster.hasStateAge()) {
            controller.setStateAge(cluster.getStateAge());
          }
        });
    return controller.build();
  }

  private static Timestamp timestamp(Instant moment) {
    return Timestamp.newBuilder()
        .setSeconds(moment.getEpochSecond())
        .setNanos(moment.getNano())
        .build();
  }

  /// An age as it is sent.
  static Duration age(java.time.Duration age) {
    return Durations.fromMillis(age.toMillis());
  }
}
