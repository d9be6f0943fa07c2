package dev.berth.cli.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import dev.berth.v1.AdminServiceGrpc;
import dev.berth.v1.Cluster;
import dev.berth.v1.Controller;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.GetClusterRequest;
import dev.berth.v1.ListControllersRequest;
import dev.berth.v1.ListControllersResponse;
import dev.berth.v1.ListTokensRequest;
import dev.berth.v1.ListTokensResponse;
import dev.berth.v1.RevokeTokenRequest;
import dev.berth.v1.SaveSnapshotRequest;
import dev.berth.v1.SaveSnapshotResponse;
import dev.berth.v1.SnapshotEntry;
import dev.berth.v1.SnapshotHeader;
import dev.berth.v1.SnapshotPage;
import dev.berth.v1.Token;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.TreeMap;

/// The cluster, its controllers and its join tokens.
public final class FakeAdmin extends AdminServiceGrpc.AdminServiceImplBase {
  private final TreeMap<String, Token> tokens = new TreeMap<>();

  private volatile int snapshotEntries = 2;

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
  public void listControllers(
      ListControllersRequest request, StreamObserver<ListControllersResponse> out) {
    out.onNext(
        ListControllersResponse.newBuilder()
            .addControllers(
                Controller.newBuilder()
                    .setId("aaaaaaaa")
                    .setAddress("10.0.0.1:7443")
                    .setVersion("0.1.0")
                    .setLeader(true)
                    .setReachable(true)
                    .setStateAge(Durations.ZERO))
            .addControllers(
                Controller.newBuilder()
                    .setId("bbbbbbbb")
                    .setAddress("10.0.0.2:7443")
                    .setVersion("0.1.0")
                    .setReachable(true)
                    .setStateAge(Durations.fromMillis(700)))
            .addControllers(
                Controller.newBuilder()
                    .setId("cccccccc")
                    .setAddress("10.0.0.3:7443")
                    .setVersion("0.1.0"))
            .build());
    out.onCompleted();
  }

  /// Sends two entries, or, when told to, fewer than the header says.
  @Override
  public void saveSnapshot(SaveSnapshotRequest request, StreamObserver<SaveSnapshotResponse> out) {
    out.onNext(
        SaveSnapshotResponse.newBuilder()
            .setHeader(SnapshotHeader.newBuilder().setClusterUid("c").setRevision(9).setEntries(2))
            .build());
    SnapshotPage.Builder page = SnapshotPage.newBuilder();
    for (int i = 0; i < snapshotEntries; i++) {
      page.addEntries(
          SnapshotEntry.newBuilder().setKey("nodes/n" + i).setValue(ByteString.copyFromUtf8("v")));
    }
    out.onNext(SaveSnapshotResponse.newBuilder().setPage(page).build());
    out.onCompleted();
  }

  /// How many of a snapshot's two entries are sent.
  public void snapshotEntries(int count) {
    snapshotEntries = count;
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
