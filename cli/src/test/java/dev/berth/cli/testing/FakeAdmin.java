package dev.berth.cli.testing;

import com.google.protobuf.Timestamp;
import dev.berth.v1.AdminServiceGrpc;
import dev.berth.v1.Cluster;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.GetClusterRequest;
import dev.berth.v1.ListTokensRequest;
import dev.berth.v1.ListTokensResponse;
import dev.berth.v1.RevokeTokenRequest;
import dev.berth.v1.Token;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.TreeMap;

/// The cluster and its join tokens.
public final class FakeAdmin extends AdminServiceGrpc.AdminServiceImplBase {
  private final TreeMap<String, Token> tokens = new TreeMap<>();

  FakeAdmin() {}

  @Override
  public void getCluster(GetClusterRequest request, StreamObserver<Cluster> out) {
    out.onNext(
        Cluster.newBuilder()
            .setUid("99999999-8888-7777-6666-555555555555")
            .setEpoch(7)
            .setVersion("0.1.0")
            .setLeader(true)
            .build());
    out.onCompleted();
  }

  @Override
  public synchronized void createToken(CreateTokenRequest request, StreamObserver<Token> out) {
    String id = "token0000" + tokens.size();
    Token token =
        Token.newBuilder()
            .setId(id)
            .setNode(request.getNode())
            .setCreateTime(Timestamp.newBuilder().setSeconds(1_800_000_000))
            .setExpireTime(Timestamp.newBuilder().setSeconds(1_800_000_900))
            .build();
    tokens.put(id, token);
    out.onNext(token.toBuilder().setSecret("berth1." + id + ".secret.digest").build());
    out.onCompleted();
  }

  @Override
  public synchronized void listTokens(
      ListTokensRequest request, StreamObserver<ListTokensResponse> out) {
    out.onNext(ListTokensResponse.newBuilder().addAllTokens(tokens.values()).build());
    out.onCompleted();
  }

  @Override
  public synchronized void revokeToken(RevokeTokenRequest request, StreamObserver<Token> out) {
    Token token = tokens.remove(request.getId());
    if (token == null) {
      out.onError(Status.NOT_FOUND.withDescription("there is no such token").asRuntimeException());
    } else {
      out.onNext(token);
      out.onCompleted();
    }
  }
}
