package dev.berth.controller.rpc;

import com.google.protobuf.Duration;
import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.model.TokenRecord;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.controller.loop.Snapshot;
import dev.berth.controller.security.JoinToken;
import dev.berth.v1.AdminServiceGrpc;
import dev.berth.v1.Cluster;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.GetClusterRequest;
import dev.berth.v1.ListControllersRequest;
import dev.berth.v1.ListControllersResponse;
import dev.berth.v1.ListTokensRequest;
import dev.berth.v1.ListTokensResponse;
import dev.berth.v1.RevokeTokenRequest;
import dev.berth.v1.SaveSnapshotRequest;
import dev.berth.v1.SaveSnapshotResponse;
import dev.berth.v1.Token;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Executor;

/// Join tokens, controllers and facts of the cluster.
final class AdminRpc extends AdminServiceGrpc.AdminServiceImplBase {
  private static final String QUESTION = "tokens";

  private final ControllerLoop loop;
  private final ClusterFacts facts;
  private final Controllers controllers;
  private final ControllerListing listing;
  private final Executor blocking;
  private final SecureRandom random = new SecureRandom();

  /// @param blocking runs what waits for others
  AdminRpc(
      ControllerLoop loop,
      ClusterFacts facts,
      Controllers controllers,
      ControllerListing listing,
      Executor blocking) {
    this.loop = loop;
    this.facts = facts;
    this.controllers = controllers;
    this.listing = listing;
    this.blocking = blocking;
  }

  @Override
  public void getCluster(GetClusterRequest request, StreamObserver<Cluster> caller) {
    Answers.sendNow(cluster(), caller);
  }

  private Cluster cluster() {
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setVersion(facts.version())
            .setCaDigest(facts.caDigest())
            .setJoinAddress(facts.joinAddress())
            .setController(controllers.self().id());
    Optional<Snapshot> led = controllers.leads() ? loop.snapshot() : Optional.empty();
    if (led.isPresent()) {
      Snapshot now = led.get();
      return cluster
          .setLeader(true)
          .setUid(now.state().clusterUid())
          .setEpoch(now.state().epoch())
          .setRevision(now.revision())
          .setLeaderAddress(controllers.self().address())
          .setStateAge(Duration.getDefaultInstance())
          .build();
    }
    controllers.otherLeader().ifPresent(leader -> cluster.setLeaderAddress(leader.address()));
    controllers.stateAge().ifPresent(age -> cluster.setStateAge(ControllerListing.age(age)));
    return cluster.build();
  }

  @Override
  public void listControllers(
      ListControllersRequest request, StreamObserver<ListControllersResponse> caller) {
    Optional<byte[]> certificate = Access.certificate();
    blocking.execute(
        () -> {
          try {
            Answers.sendNow(listing.list(certificate, this::cluster), caller);
          } catch (StatusRuntimeException e) {
            caller.onError(e);
          }
        });
  }

  @Override
  public void saveSnapshot(
      SaveSnapshotRequest request, StreamObserver<SaveSnapshotResponse> caller) {
    blocking.execute(
        new SnapshotStream(controllers, (ServerCallStreamObserver<SaveSnapshotResponse>) caller)
            ::run);
  }

  @Override
  public void createToken(CreateTokenRequest request, StreamObserver<Token> caller) {
    JoinToken token = JoinToken.random(random, facts.caDigest());
    Answers.send(
        loop.request(
            id -> new ClusterEvent.CreateToken(id, token.id(), token.secretDigest(), request)),
        Token.class,
        made -> made.toBuilder().setSecret(token.text()).build(),
        caller);
  }

  @Override
  public void listTokens(ListTokensRequest request, StreamObserver<ListTokensResponse> caller) {
    Snapshot now = Answers.snapshot(loop);
    List<String> last = Paging.position(request.getPageToken(), QUESTION, 1);
    SortedMap<String, TokenRecord> all = now.state().tokens();
    Paging.Page<Token> page =
        Paging.page(
            (last.isEmpty() ? all : all.tailMap(last.getFirst() + "\0")).values().iterator(),
            Paging.size(request.getPageSize()),
            QUESTION,
            TokenRecord::message,
            each -> List.of(each.id()));
    Answers.sendNow(
        ListTokensResponse.newBuilder()
            .addAllTokens(page.items())
            .setNextPageToken(page.nextToken())
            .build(),
        caller);
  }

  @Override
  public void revokeToken(RevokeTokenRequest request, StreamObserver<Token> caller) {
    Answers.send(
        loop.request(id -> new ClusterEvent.RevokeToken(id, request)), Token.class, caller);
  }
}
