package dev.berth.agent.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.Console;
import dev.berth.agent.driver.ConsoleCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import dev.berth.client.ControllerAddress;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.ConsoleStreamRequest;
import dev.berth.v1.InputEnd;
import dev.berth.v1.OpenStream;
import dev.berth.v1.StreamFailure;
import io.grpc.Status;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ConsoleStreamsTest {
  private final FakeConsole console = new FakeConsole();
  private final InstanceStreams streams =
      new InstanceStreams(
          new NoLogs(),
          console,
          new NoCapabilities(),
          HostImages.none(),
          Optional.empty(),
          Threads.virtual(),
          AgentClock.system());
  private FakeController controller;
  private Dialler.Connection connection;

  @BeforeEach
  void open() throws IOException {
    controller = new FakeController();
    connection = controller.dial(new ControllerAddress("127.0.0.1", controller.port()));
  }

  @AfterEach
  void close() {
    connection.close();
    controller.close();
  }

  @Test
  void saysThatItIsOpenAndCarriesBothWays() throws Exception {
    FakeController.AttachedPeer peer = attached(false);
    console.writes("login: ");
    assertEquals("login: ", peer.next().getData().toStringUtf8());
    peer.say(input("root\r"));
    assertEquals("root\r", console.heard.take());
    peer.say(input("\u0003"));
    assertEquals("\u0003", console.heard.take());
  }

  @Test
  void endsTheStreamWhenTheConsoleEnds() throws Exception {
    FakeController.AttachedPeer peer = attached(false);
    console.writes("bye");
    console.output.put(Optional.empty());
    assertEquals("bye", peer.next().getData().toStringUtf8());
    assertEquals("completed", peer.awaitEnd());
    console.closed.await();
  }

  @Test
  void outputGoesOnAfterTheEndOfTheInput() throws Exception {
    FakeController.AttachedPeer peer = attached(false);
    peer.say(input("date\r"));
    peer.say(AttachStreamResponse.newBuilder().setInputEnd(InputEnd.getDefaultInstance()).build());
    assertEquals("date\r", console.heard.take());
    console.writes("Monday");
    assertEquals("Monday", peer.next().getData().toStringUtf8());
    assertEquals(1, console.closed.getCount());
  }

  @Test
  void closesTheConsoleWhenTheOtherEndLeaves() throws Exception {
    FakeController.AttachedPeer peer = attached(false);
    peer.leave();
    console.closed.await();
  }

  @Test
  void takesInputNoFasterThanTheConsole() throws Exception {
    FakeController.AttachedPeer peer = attached(false);
    byte[] piece = new byte[Console.PIECE_MAX];
    int said = 0;
    while (peer.isReady()) {
      peer.say(AttachStreamResponse.newBuilder().setData(ByteString.copyFrom(piece)).build());
      said++;
      assertTrue(said < 200, "nothing holds the controller back");
    }
    // One is with the console, one waits in the agent, the rest in the connection's window.
    assertEquals(Console.PIECE_MAX, console.heard.take().length());
    peer.leave();
    // Its end comes after what it said, and there may be more of that than the window holds.
    while (!console.closed.await(1, TimeUnit.MILLISECONDS)) {
      var _ = console.heard.poll();
    }
  }

  @Test
  void saysWhatTheDriverRefuses() throws Exception {
    console.refusal = DriverException.permanent("ConsoleBusy", "someone is attached", null);
    StreamFailure refused = refusal(serve(true));
    assertEquals(Status.Code.FAILED_PRECONDITION.value(), refused.getCode());
    assertEquals("someone is attached", refused.getMessage());
    assertTrue(console.forced);
  }

  @Test
  void saysThatSomeoneElseTookItOver() throws Exception {
    FakeController.AttachedPeer peer = attached(false);
    console.breach = DriverException.permanent(ConsoleCapable.TAKEN, "taken over", null);
    console.output.put(Optional.empty());
    assertEquals(Status.Code.ABORTED.value(), peer.next().getFailure().getCode());
    assertEquals("completed", peer.awaitEnd());
  }

  @Test
  void endsWhenTheConsoleTakesNoInput() throws Exception {
    FakeController.AttachedPeer peer = attached(false);
    console.deafness = DriverException.retryable("InputNotTaken", "it takes none", null);
    peer.say(input("x"));
    assertEquals(Status.Code.UNAVAILABLE.value(), peer.next().getFailure().getCode());
    assertEquals("completed", peer.awaitEnd());
    console.closed.await();
  }

  @Test
  void refusesMoreThanSixtyFourAtOnce() throws Exception {
    for (int i = 0; i < 64; i++) {
      var _ = attached(false);
    }
    StreamFailure refused = refusal(serve(false));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED.value(), refused.getCode());
  }

  private StreamFailure refusal(FakeController.AttachedPeer peer) throws InterruptedException {
    StreamFailure refused = peer.next().getFailure();
    assertEquals("completed", peer.awaitEnd());
    return refused;
  }

  private FakeController.AttachedPeer attached(boolean force) throws InterruptedException {
    FakeController.AttachedPeer peer = serve(force);
    assertTrue(peer.next().hasOpened());
    assertNull(console.refusal);
    assertFalse(console.closed.await(0, TimeUnit.SECONDS));
    return peer;
  }

  private FakeController.AttachedPeer serve(boolean force) throws InterruptedException {
    OpenStream request =
        OpenStream.newBuilder()
            .setStreamId("stream-1")
            .setConsole(ConsoleStreamRequest.newBuilder().setInstanceId("a").setForce(force))
            .build();
    streams.serve(request, connection.channel());
    FakeController.AttachedPeer peer = controller.nextStream();
    assertEquals("stream-1", peer.next().getStreamId());
    return peer;
  }

  private static AttachStreamResponse input(String text) {
    return AttachStreamResponse.newBuilder().setData(ByteString.copyFromUtf8(text)).build();
  }

  /// A console whose other end is the test.
  private static final class FakeConsole implements ConsoleAccess, Console {
    final BlockingQueue<Optional<ByteString>> output = new LinkedBlockingQueue<>();
    final BlockingQueue<String> heard = new SynchronousQueue<>();
    final CountDownLatch closed = new CountDownLatch(1);
    volatile @Nullable DriverException refusal;
    volatile @Nullable DriverException breach;
    volatile @Nullable DriverException deafness;
    volatile boolean forced;

    void writes(String text) {
      output.add(Optional.of(ByteString.copyFromUtf8(text)));
    }

    @Override
    public Console openConsole(String instanceId, boolean force) throws DriverException {
      forced = force;
      throwIf(refusal);
      return this;
    }

    @Override
    public Optional<ByteString> read() throws DriverException {
      try {
        Optional<ByteString> next = output.take();
        throwIf(breach);
        return next;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }

    @Override
    public void write(ByteString input) throws DriverException {
      throwIf(deafness);
      try {
        heard.put(input.toStringUtf8());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      closed.countDown();
      output.add(Optional.empty());
    }

    private static void throwIf(@Nullable DriverException problem) throws DriverException {
      if (problem != null) {
        throw problem;
      }
    }
  }
}
