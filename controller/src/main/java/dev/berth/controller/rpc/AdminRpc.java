package dev.berth.controller.rpc;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.model.TokenRecord;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.controller.loop.Snapshot;
import dev.berth.controller.security.JoinToken;
import dev.berth.v1.AdminServiceGrpc;
import dev.berth.v1.Cluster;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.GetClusterRequest;
import dev.berth.v1.ListTokensRequest;
import dev.berth.v1.ListTokensResponse;
import dev.berth.v1.RevokeTokenRequest;
import dev.berth.v1.Token;
import io.grpc.stub.StreamObserver;
import java.security.SecureRandom;
import java.util.List;
import java.util.SortedMap;

/// Join tokens and facts of the cluster.
final class AdminRpc extends AdminServiceGrpc.AdminServiceImplBase {
  private static final String QUESTION = "tokens";

  private final ControllerLoop loop;
  private final ClusterFacts facts;
  private final SecureRandom random = new SecureRandom();

  AdminRpc(ControllerLoop loop, ClusterFacts facts) {
    this.loop = loop;
    this.facts = facts;
  }

  @Override
  public void getCluster(GetClusterRequest request, StreamObserver<Cluster> caller) {
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setVersion(facts.version())
            .setCaDigest(facts.caDigest())
            .setJoinAddress(facts.joinAddress());
    loop.snapshot()
        .ifPresent(
            now ->
                cluster
                    .setLeader(true)
                    .setUid(now.state().clusterUid())
                    .setEpoch(now.state().epoch())
                    .setRevision(now.revision()));
    Answers.sendNow(cluster.build(), caller);
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
