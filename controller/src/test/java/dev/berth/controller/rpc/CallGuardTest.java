package dev.berth.controller.rpc;

import static dev.berth.controller.rpc.RpcHarness.refused;
import static io.grpc.Status.Code.CANCELLED;
import static io.grpc.Status.Code.DEADLINE_EXCEEDED;
import static io.grpc.Status.Code.INTERNAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.AdminServiceGrpc;
import dev.berth.v1.Cluster;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.GetClusterRequest;
import dev.berth.v1.Token;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CallGuardTest {
  private final HurriedTimer timer = new HurriedTimer();
  private final CompletableFuture<StreamObserver<Cluster>> left = new CompletableFuture<>();
  private Server server;
  private ManagedChannel channel;

  /// Everything happens two hundred times sooner.
  private static final class HurriedTimer extends ScheduledThreadPoolExecutor {
    private final AtomicLong lastSeconds = new AtomicLong();

    HurriedTimer() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      lastSeconds.set(unit.toSeconds(delay));
      return super.schedule(task, unit.toMillis(delay) / 200, TimeUnit.MILLISECONDS);
    }
  }

  private static final class Open implements CallGuard.Gate {
    @Override
    public Context admit(ServerCall<?, ?> call, Metadata headers) {
      return Context.current();
    }

    @Override
    public void ended(ServerCall<?, ?> call) {}
  }

  /// Never answers one method, and fails in the other.
  private final class Broken extends AdminServiceGrpc.AdminServiceImplBase {
    @Override
    public void getCluster(GetClusterRequest request, StreamObserver<Cluster> caller) {
      left.complete(caller);
    }

    @Override
    public void createToken(CreateTokenRequest request, StreamObserver<Token> caller) {
      throw new IllegalStateException("secret detail");
    }
  }

  @BeforeEach
  void start() throws Exception {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(
                new CallGuard(new Open(), timer, Optional::empty).guard(new Broken().bindService()))
            .build()
            .start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
    timer.shutdownNow();
  }

  @Test
  void endsUnaryCallsWithoutADeadlineAfter30Seconds() throws Exception {
    refused(
        DEADLINE_EXCEEDED,
        () ->
            AdminServiceGrpc.newBlockingStub(channel)
                .getCluster(GetClusterRequest.getDefaultInstance()));
    assertEquals(30, timer.lastSeconds.get());
    // An answer that comes too late is dropped.
    left.get().onNext(Cluster.getDefaultInstance());
    left.get().onCompleted();
  }

  @Test
  void leavesTheCallersOwnDeadlineAlone() {
    refused(
        DEADLINE_EXCEEDED,
        () ->
            AdminServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                .getCluster(GetClusterRequest.getDefaultInstance()));
    assertEquals(0, timer.lastSeconds.get());
  }

  @Test
  void keepsTheDetailsOfItsOwnFailuresToItself() {
    Status status =
        refused(
            INTERNAL,
            () ->
                AdminServiceGrpc.newBlockingStub(channel)
                    .createToken(CreateTokenRequest.getDefaultInstance()));
    assertFalse(status.toString().contains("secret detail"), status.toString());
    assertTrue(status.getCode() != CANCELLED);
  }
}
