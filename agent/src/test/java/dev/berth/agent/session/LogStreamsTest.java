package dev.berth.agent.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import dev.berth.client.ControllerAddress;
import dev.berth.v1.LogChunk;
import dev.berth.v1.LogSource;
import dev.berth.v1.LogStreamRequest;
import dev.berth.v1.OpenStream;
import dev.berth.v1.StreamLogsRequest;
import io.grpc.Status;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LogStreamsTest {
  private static final int CHUNK = 32 * 1024;

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
  void sendsAllOutputAndEnds() throws Exception {
    serve(new Output(3, false), false);
    FakeController.AttachedPeer peer = controller.nextStream();
    assertEquals("stream-1", peer.next().getStreamId());
    for (int i = 0; i < 3; i++) {
      assertEquals(CHUNK, peer.next().getLog().getData().size());
    }
    assertEquals("completed", peer.awaitEnd());
  }

  @Test
  void readsNoFasterThanTheOtherEnd() throws Exception {
    Output output = new Output(Integer.MAX_VALUE, false);
    serve(output, false);
    FakeController.AttachedPeer peer = controller.nextStream();
    assertEquals("stream-1", peer.next().getStreamId());
    var _ = peer.next();
    int before = -1;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    // Reading comes to a halt by itself, long before it could have filled any memory.
    while (output.read.get() != before && System.nanoTime() < end) {
      before = output.read.get();
      assertTrue(!output.closed.await(300, TimeUnit.MILLISECONDS));
    }
    assertTrue(output.read.get() < 100, output.read + " pieces were read");
    peer.leave();
    assertTrue(output.closed.await(30, TimeUnit.SECONDS), "the reader is closed");
  }

  @Test
  void closesTheReaderWhenTheOtherEndLeaves() throws Exception {
    Output output = new Output(1, true);
    serve(output, true);
    FakeController.AttachedPeer peer = controller.nextStream();
    assertEquals("stream-1", peer.next().getStreamId());
    assertEquals(CHUNK, peer.next().getLog().getData().size());
    peer.leave();
    assertTrue(output.closed.await(30, TimeUnit.SECONDS), "the reader is closed");
  }

  @Test
  void followsOverARestartUntilTheInstanceIsFinal() throws Exception {
    Output output = new Output(1, false);
    output.runs.set(3);
    serve(output, true);
    FakeController.AttachedPeer peer = controller.nextStream();
    assertEquals("stream-1", peer.next().getStreamId());
    for (int i = 0; i < 3; i++) {
      assertEquals(CHUNK, peer.next().getLog().getData().size());
    }
    assertEquals("completed", peer.awaitEnd());
  }

  @Test
  void saysWhyAStreamCannotBeServed() throws Exception {
    Output output = new Output(0, false);
    output.unknown = true;
    serve(output, false);
    FakeController.AttachedPeer peer = controller.nextStream();
    assertEquals("stream-1", peer.next().getStreamId());
    assertEquals(Status.Code.NOT_FOUND.value(), peer.next().getFailure().getCode());
    assertEquals("completed", peer.awaitEnd());
  }

  private void serve(LogAccess logs, boolean follow) {
    OpenStream request =
        OpenStream.newBuilder()
            .setStreamId("stream-1")
            .setLogs(
                LogStreamRequest.newBuilder()
                    .setInstanceId("a")
                    .setOptions(StreamLogsRequest.newBuilder().setFollow(follow)))
            .build();
    ConsoleAccess none =
        (_, _) -> {
          throw new LogAccess.UnknownInstanceException("there is none");
        };
    new InstanceStreams(
            logs,
            none,
            new NoCapabilities(),
            HostImages.none(),
            Optional.empty(),
            Threads.virtual(),
            AgentClock.system())
        .serve(request, connection.channel());
  }

  /// Output that a test makes up: each run writes the same number of pieces.
  private static final class Output implements LogAccess, LogReader {
    final AtomicInteger read = new AtomicInteger();
    final CountDownLatch closed = new CountDownLatch(1);
    private final int pieces;
    private final boolean hangs;
    private int left;
    final AtomicInteger runs = new AtomicInteger(1);
    volatile boolean unknown;

    Output(int pieces, boolean hangs) {
      this.pieces = pieces;
      this.hangs = hangs;
    }

    @Override
    public Optional<LogReader> open(String instanceId, LogQuery query)
        throws UnknownInstanceException {
      if (unknown) {
        throw new UnknownInstanceException("there is none");
      }
      left = runs.get() > 0 ? pieces : 0;
      runs.decrementAndGet();
      return Optional.of(this);
    }

    @Override
    public boolean mayWrite(String instanceId) {
      return runs.get() > 0;
    }

    @Override
    public boolean runs(String instanceId) {
      return runs.get() > 0;
    }

    @Override
    public Optional<LogChunk> next() {
      if (left == 0) {
        awaitCloseIfItHangs();
        return Optional.empty();
      }
      left--;
      read.incrementAndGet();
      return Optional.of(
          LogChunk.newBuilder()
              .setSource(LogSource.LOG_SOURCE_STDOUT)
              .setData(ByteString.copyFrom(new byte[CHUNK]))
              .build());
    }

    @Override
    public void close() {
      if (hangs || left > 0) {
        closed.countDown();
      }
    }

    private void awaitCloseIfItHangs() {
      if (hangs) {
        try {
          closed.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
