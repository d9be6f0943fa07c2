package dev.berth.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.GetWorkloadRequest;
import dev.berth.v1.RestartWorkloadRequest;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadServiceGrpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class PatientCallTest {
  private static final Metadata.Key<String> LEADER = key("berth-leader");
  private static final Metadata.Key<String> UNTOUCHED = key("berth-untouched");
  private static final Metadata.Key<String> AGE = key("berth-state-age-ms");

  private final List<Peer> peers = new ArrayList<>();
  private final List<String> said = new CopyOnWriteArrayList<>();
  private @Nullable FailoverChannel channel;

  @AfterEach
  void stop() {
    FailoverChannel opened = channel;
    if (opened != null) {
      opened.close();
    }
    peers.forEach(peer -> peer.server.shutdownNow());
  }

  @Test
  void repeatsAReadUntilItIsAnswered() throws Exception {
    Peer peer = peer().unavailable(3);
    assertEquals("web", get(stub()));
    assertEquals(4, peer.calls.get());
  }

  @Test
  void repeatsACreateThatCarriesARequestId() throws Exception {
    Peer peer = peer().unavailable(1);
    CreateWorkloadRequest request =
        CreateWorkloadRequest.newBuilder()
            .setRequestId("6d1f6f0e-3f8a-4f6e-9d8e-0c3a6d1f6f0e")
            .setWorkload(Workload.newBuilder().setName("web"))
            .build();
    assertEquals("web", stub().createWorkload(request).getName());
    assertEquals(2, peer.calls.get());
  }

  @Test
  void makesNothingTwiceThatMayHaveBeenCarriedOut() throws Exception {
    Peer peer = peer().unavailable(1);
    CreateWorkloadRequest anonymous =
        CreateWorkloadRequest.newBuilder()
            .setWorkload(Workload.newBuilder().setName("web"))
            .build();
    assertUnavailable(() -> stub().createWorkload(anonymous));
    peer.unavailable(1);
    assertUnavailable(() -> stub().restartWorkload(RestartWorkloadRequest.getDefaultInstance()));
    assertEquals(2, peer.calls.get());
  }

  @Test
  void repeatsWhateverWasCertainlyNotCarriedOut() throws Exception {
    Peer peer = peer().unavailable(1);
    peer.trailers.put(UNTOUCHED, "true");
    assertEquals(
        "web", stub().restartWorkload(RestartWorkloadRequest.getDefaultInstance()).getName());
    assertEquals(2, peer.calls.get());
  }

  @Test
  void turnsToTheLeaderThatIsNamed() throws Exception {
    Peer first = peer().unavailable(100);
    Peer second = peer().unavailable(100);
    Peer leader = peer();
    first.trailers.put(LEADER, leader.address().toString());
    assertEquals("web", get(stub()));
    assertEquals(1, first.calls.get());
    assertEquals(0, second.calls.get());
    assertEquals("web", get(stub()));
    assertEquals(2, leader.calls.get());
  }

  @Test
  void turnsToTheNextOneWhenNobodyIsNamed() throws Exception {
    Peer first = peer().unavailable(100);
    Peer second = peer();
    assertEquals("web", get(stub()));
    assertEquals(1, first.calls.get());
    assertEquals(1, second.calls.get());
  }

  @Test
  void keepsToTheDeadlineAndSaysWhatWasAnsweredLast() throws Exception {
    peer().unavailable(1_000);
    long begun = System.nanoTime();
    var hurried = stub().withDeadlineAfter(700, TimeUnit.MILLISECONDS);
    assertUnavailable(() -> get(hurried));
    assertTrue(System.nanoTime() - begun < Duration.ofSeconds(5).toNanos());
  }

  @Test
  void saysOnceThatItWaitsAndGivesUpInTheEnd() throws Exception {
    peer().unavailable(1_000);
    var patient = stub().withDeadlineAfter(4, TimeUnit.SECONDS);
    assertUnavailable(() -> get(patient));
    assertEquals(List.of("waiting: not now"), said);
  }

  @Test
  void tellsHowOldAnAnswerIs() throws Exception {
    peer().headers.put(AGE, "12000");
    assertEquals("web", get(stub()));
    assertEquals(List.of("stale: PT12S"), said);
  }

  @Test
  void keepsRepetitionsBelowATenthOfAllCalls() {
    RetryBudget budget = new RetryBudget();
    int spent = 0;
    while (budget.spend()) {
      spent++;
    }
    assertEquals(40, spent);
    for (int i = 0; i < 9; i++) {
      budget.earn();
    }
    assertFalse(budget.spend());
    budget.earn();
    assertTrue(budget.spend());
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static String get(WorkloadServiceGrpc.WorkloadServiceBlockingStub stub) {
    return stub.getWorkload(GetWorkloadRequest.getDefaultInstance()).getName();
  }

  private static void assertUnavailable(org.junit.jupiter.api.function.Executable call) {
    StatusRuntimeException failure = assertThrows(StatusRuntimeException.class, call);
    assertEquals(Status.Code.UNAVAILABLE, failure.getStatus().getCode(), failure.toString());
  }

  private Peer peer() throws IOException {
    Peer peer = new Peer();
    peers.add(peer);
    return peer;
  }

  private WorkloadServiceGrpc.WorkloadServiceBlockingStub stub() {
    FailoverChannel opened = channel;
    if (opened == null) {
      List<ControllerAddress> addresses = peers.stream().map(Peer::address).toList();
      opened =
          new FailoverChannel(
              addresses,
              i ->
                  OkHttpChannelBuilder.forAddress("127.0.0.1", addresses.get(i).port())
                      .usePlaintext()
                      .build(),
              new Notes());
      channel = opened;
    }
    return WorkloadServiceGrpc.newBlockingStub(opened);
  }

  private final class Notes implements ConnectionNotices {
    @Override
    public void waiting(String reason) {
      said.add("waiting: " + reason);
    }

    @Override
    public void stale(Duration age) {
      said.add("stale: " + age);
    }
  }

  /// A controller that cannot serve for some calls.
  private static final class Peer extends WorkloadServiceGrpc.WorkloadServiceImplBase
      implements ServerInterceptor {
    private final Server server;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger refusals = new AtomicInteger();
    private final Metadata trailers = new Metadata();
    private final Metadata headers = new Metadata();

    Peer() throws IOException {
      server =
          OkHttpServerBuilder.forPort(0, InsecureServerCredentials.create())
              .addService(this)
              .intercept(this)
              .build()
              .start();
    }

    ControllerAddress address() {
      return new ControllerAddress("127.0.0.1", server.getPort());
    }

    Peer unavailable(int times) {
      refusals.set(times);
      return this;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata sent, ServerCallHandler<Q, A> next) {
      return next.startCall(
          new io.grpc.ForwardingServerCall.SimpleForwardingServerCall<>(call) {
            @Override
            public void sendHeaders(Metadata response) {
              response.merge(headers);
              super.sendHeaders(response);
            }
          },
          sent);
    }

    private void answer(StreamObserver<Workload> caller) {
      calls.incrementAndGet();
      if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        caller.onError(Status.UNAVAILABLE.withDescription("not now").asRuntimeException(trailers));
      } else {
        caller.onNext(Workload.newBuilder().setName("web").build());
        caller.onCompleted();
      }
    }

    @Override
    public void getWorkload(GetWorkloadRequest request, StreamObserver<Workload> caller) {
      answer(caller);
    }

    @Override
    public void createWorkload(CreateWorkloadRequest request, StreamObserver<Workload> caller) {
      answer(caller);
    }

    @Override
    public void restartWorkload(RestartWorkloadRequest request, StreamObserver<Workload> caller) {
      answer(caller);
    }
  }
}
