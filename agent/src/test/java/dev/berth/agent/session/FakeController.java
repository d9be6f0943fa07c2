package dev.berth.agent.session;

import com.google.protobuf.ByteString;
import dev.berth.spec.Durations;
import dev.berth.v1.AgentServiceGrpc;
import dev.berth.v1.AssignmentChange;
import dev.berth.v1.AssignmentSet;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.OpenSessionRequest;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.RenewCertificateRequest;
import dev.berth.v1.RenewCertificateResponse;
import dev.berth.v1.Welcome;
import io.grpc.Channel;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A controller that says what a test tells it to, over real gRPC on the loopback.
final class FakeController extends AgentServiceGrpc.AgentServiceImplBase
    implements AutoCloseable, Dialler {
  private static final int PATIENCE_SECONDS = 30;

  final AtomicInteger dials = new AtomicInteger();
  private final BlockingQueue<Peer> peers = new LinkedBlockingQueue<>();
  private final BlockingQueue<AttachedPeer> streams = new LinkedBlockingQueue<>();
  private final Server server;

  FakeController() throws IOException {
    server =
        OkHttpServerBuilder.forPort(0, InsecureServerCredentials.create())
            .addService(this)
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  /// The next session that an agent opens.
  Peer nextPeer() throws InterruptedException {
    return got(peers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "no session");
  }

  /// The next stream that an agent attaches.
  AttachedPeer nextStream() throws InterruptedException {
    return got(streams.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "no stream");
  }

  @Override
  public Connection dial(dev.berth.client.ControllerAddress address) {
    dials.incrementAndGet();
    ManagedChannel channel =
        OkHttpChannelBuilder.forAddress(address.host(), address.port()).usePlaintext().build();
    return new Connection() {
      @Override
      public Channel channel() {
        return channel;
      }

      @Override
      public void close() {
        channel.shutdownNow();
      }
    };
  }

  @Override
  public StreamObserver<OpenSessionRequest> openSession(
      StreamObserver<OpenSessionResponse> responses) {
    Peer peer = new Peer(responses);
    peers.add(peer);
    return peer;
  }

  @Override
  public StreamObserver<AttachStreamRequest> attachStream(
      StreamObserver<AttachStreamResponse> responses) {
    AttachedPeer stream =
        new AttachedPeer((ServerCallStreamObserver<AttachStreamResponse>) responses);
    streams.add(stream);
    return stream;
  }

  @Override
  public void renewCertificate(
      RenewCertificateRequest request, StreamObserver<RenewCertificateResponse> response) {
    response.onNext(
        RenewCertificateResponse.newBuilder()
            .setCertificate(ByteString.copyFromUtf8("new"))
            .build());
    response.onCompleted();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private static <T> T got(@Nullable T value, String otherwise) {
    if (value == null) {
      throw new AssertionError(otherwise);
    }
    return value;
  }

  /// The controller's end of one session.
  static final class Peer implements StreamObserver<OpenSessionRequest> {
    private final BlockingQueue<OpenSessionRequest> said = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private final StreamObserver<OpenSessionResponse> responses;

    Peer(StreamObserver<OpenSessionResponse> responses) {
      this.responses = responses;
    }

    /// The next message of a kind; heartbeats in between are passed over.
    OpenSessionRequest next(OpenSessionRequest.MessageCase wanted) throws InterruptedException {
      return next(wanted, () -> {});
    }

    /// The next message of a kind, with an answer to each of another kind in between.
    OpenSessionRequest next(OpenSessionRequest.MessageCase wanted, Runnable answer)
        throws InterruptedException {
      OpenSessionRequest next = got(said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "no " + wanted);
      while (next.getMessageCase() != wanted) {
        answer.run();
        next = got(said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "no " + wanted);
      }
      return next;
    }

    /// Says something and nothing else of that kind within a moment.
    boolean silentFor(long millis, OpenSessionRequest.MessageCase unwanted)
        throws InterruptedException {
      OpenSessionRequest next = said.poll(millis, TimeUnit.MILLISECONDS);
      while (next != null && next.getMessageCase() != unwanted) {
        next = said.poll(millis, TimeUnit.MILLISECONDS);
      }
      return next == null;
    }

    String awaitEnd() throws InterruptedException {
      return got(ends.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "the session did not end");
    }

    void welcome(long epoch, String clusterUid, long heartbeatMillis) {
      welcome(epoch, clusterUid, heartbeatMillis, 0);
    }

    void welcome(long epoch, String clusterUid, long heartbeatMillis, long fenceMillis) {
      welcome(
          Welcome.newBuilder()
              .setEpoch(epoch)
              .setClusterUid(clusterUid)
              .setHeartbeatInterval(Durations.toProto(Duration.ofMillis(heartbeatMillis)))
              .setFenceTimeout(Durations.toProto(Duration.ofMillis(fenceMillis)))
              .setLostTimeout(Durations.toProto(Duration.ofSeconds(20))));
    }

    void welcome(Welcome.Builder welcome) {
      say(OpenSessionResponse.newBuilder().setWelcome(welcome).build());
    }

    void set(long epoch, long revision) {
      say(
          OpenSessionResponse.newBuilder()
              .setAssignments(AssignmentSet.newBuilder().setEpoch(epoch).setRevision(revision))
              .build());
    }

    void change(long epoch, long appliesTo, long resultsIn) {
      say(
          OpenSessionResponse.newBuilder()
              .setAssignmentChange(
                  AssignmentChange.newBuilder()
                      .setEpoch(epoch)
                      .setAppliesTo(appliesTo)
                      .setResultsIn(resultsIn))
              .build());
    }

    void acknowledge(long sequence) {
      say(OpenSessionResponse.newBuilder().setStatusAck(sequence).build());
    }

    void say(OpenSessionResponse message) {
      responses.onNext(message);
    }

    void acknowledgeHeartbeat(long sequence) {
      say(OpenSessionResponse.newBuilder().setHeartbeatAck(sequence).build());
    }

    /// Says that it does not lead, and who does.
    void redirect(String leader) {
      refuse("berth-leader", leader);
    }

    /// Says that it ends all its sessions.
    void leave() {
      refuse("berth-all-leave", "true");
    }

    private void refuse(String trailer, String value) {
      Metadata trailers = new Metadata();
      trailers.put(Metadata.Key.of(trailer, Metadata.ASCII_STRING_MARSHALLER), value);
      responses.onError(Status.UNAVAILABLE.asRuntimeException(trailers));
    }

    void fail(Status status) {
      responses.onError(status.asRuntimeException());
    }

    @Override
    public void onNext(OpenSessionRequest message) {
      said.add(message);
    }

    @Override
    public void onError(Throwable cause) {
      ends.add(String.valueOf(cause));
    }

    @Override
    public void onCompleted() {
      ends.add("completed");
      responses.onCompleted();
    }
  }

  /// The controller's end of one attached stream; it reads only when told to.
  static final class AttachedPeer implements StreamObserver<AttachStreamRequest> {
    private final BlockingQueue<AttachStreamRequest> said = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private final ServerCallStreamObserver<AttachStreamResponse> call;

    AttachedPeer(ServerCallStreamObserver<AttachStreamResponse> call) {
      this.call = call;
      call.disableAutoRequest();
      call.request(1);
    }

    AttachStreamRequest next() throws InterruptedException {
      AttachStreamRequest next = got(said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "no message");
      call.request(1);
      return next;
    }

    void say(AttachStreamResponse message) {
      call.onNext(message);
    }

    /// Whether the agent takes more without its being kept here.
    boolean isReady() {
      return call.isReady();
    }

    String awaitEnd() throws InterruptedException {
      return got(ends.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "the stream did not end");
    }

    void leave() {
      call.onError(Status.CANCELLED.asRuntimeException());
    }

    @Override
    public void onNext(AttachStreamRequest message) {
      said.add(message);
    }

    @Override
    public void onError(Throwable cause) {
      ends.add("error");
    }

    @Override
    public void onCompleted() {
      ends.add("completed");
      call.onCompleted();
    }
  }
}
