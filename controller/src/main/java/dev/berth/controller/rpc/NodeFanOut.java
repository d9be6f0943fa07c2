package dev.berth.controller.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.berth.controller.core.RefusalCode;
import dev.berth.v1.AttachStreamRequest.MessageCase;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.InputEnd;
import dev.berth.v1.OpenStream;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One question to several nodes, a bounded number of them at a time. Each node's answers go to the
/// user as they come, when the user takes them; the user's content goes to all nodes at the pace of
/// the slowest. A node that fails does not stop the others.
///
/// @param <A> what the user gets
final class NodeFanOut<A> {
  /// Nodes that are at work at the same time.
  static final int AT_ONCE = 64;

  /// Time for a node that neither says anything nor takes anything, when it should.
  static final long SILENCE_SECONDS = 60;

  private static final long LOOK_SECONDS = 5;

  private final StreamBroker broker;
  private final ScheduledExecutorService timer;
  private final ServerCallStreamObserver<A> user;
  private final View<A> view;
  private final Deque<ImageTargets.Chosen> waiting = new ArrayDeque<>();
  private final Set<NodeTask> running = new LinkedHashSet<>();
  private OpenStream question = OpenStream.getDefaultInstance();
  private boolean answersOne;
  private boolean mayTakeLong;
  private boolean contentOwed;
  private boolean contentEnded;
  private boolean over;
  private Runnable more;
  private Runnable whenLeft = () -> {};
  private @Nullable Future<?> watch;

  /// What the user is told.
  interface View<A> {
    /// What to send of some news.
    ///
    /// @return empty: nothing yet
    Optional<A> of(String node, NodeNews news);
  }

  /// Must be made while the user's call is being started.
  NodeFanOut(
      StreamBroker broker,
      ScheduledExecutorService timer,
      ServerCallStreamObserver<A> user,
      View<A> view) {
    this.broker = broker;
    this.timer = timer;
    this.user = user;
    this.view = view;
    this.more = () -> user.request(1);
    user.setOnReadyHandler(this::pump);
    user.setOnCancelHandler(this::leave);
    user.setOnCloseHandler(this::leave);
  }

  /// Begins to ask.
  ///
  /// @param asked the question without the stream's id
  synchronized void start(List<ImageTargets.Chosen> nodes, OpenStream asked) {
    question = asked;
    answersOne =
        switch (asked.getRequestCase()) {
          case IMAGE_LIST, IMAGE_LOAD, VOLUME_LIST, NETWORK_LIST -> false;
          default -> true;
        };
    mayTakeLong =
        switch (asked.getRequestCase()) {
          case IMAGE_IMPORT,
              IMAGE_PULL,
              IMAGE_PUSH,
              IMAGE_PRUNE,
              IMAGE_LOAD,
              VOLUME_PRUNE,
              INSTANCE_COMMIT ->
              true;
          default -> false;
        };
    waiting.addAll(nodes);
    watch = timer.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    next();
  }

  /// Content comes from elsewhere than from the user.
  ///
  /// @param asked called when all nodes take one more piece
  /// @param left called when nobody wants any more; perhaps more than once
  synchronized void contentFrom(Runnable asked, Runnable left) {
    more = asked;
    whenLeft = left;
  }

  /// There will be no more content, though it is not whole.
  synchronized void breakOff(RefusalCode code, String message) {
    waiting.clear();
    for (NodeTask task : List.copyOf(running)) {
      task.fail(code, message);
    }
  }

  /// Whoever gives content is asked for some, when all nodes take it.
  synchronized void takeContent() {
    contentOwed = true;
    pump();
  }

  /// Hands content on to all nodes.
  synchronized void content(ByteString piece) {
    sendAll(AttachStreamResponse.newBuilder().setData(piece).build());
    contentOwed = true;
    pump();
  }

  /// There is no more content.
  synchronized void endContent() {
    contentEnded = true;
    contentOwed = true;
    pump();
  }

  /// Moves on what can be moved on.
  synchronized void pump() {
    if (over) {
      return;
    }
    if (user.isReady()) {
      List.copyOf(running).forEach(NodeTask::pump);
    }
    boolean all = !running.isEmpty() && running.stream().allMatch(NodeTask::isReady);
    if (over || !contentOwed || !all) {
      return;
    }
    contentOwed = false;
    if (contentEnded) {
      sendAll(AttachStreamResponse.newBuilder().setInputEnd(InputEnd.getDefaultInstance()).build());
    } else {
      more.run();
    }
  }

  /// Something is heard of a node.
  synchronized void heard(NodeTask task, NodeNews news) {
    if (!over) {
      view.of(task.node(), news).ifPresent(user::onNext);
    }
  }

  /// A node has answered.
  synchronized void ended(NodeTask task, NodeNews last) {
    if (!over && running.remove(task)) {
      heard(task, last);
      next();
      pump();
    }
  }

  private void sendAll(AttachStreamResponse message) {
    for (NodeTask task : List.copyOf(running)) {
      task.send(message);
    }
  }

  private void next() {
    while (!over && running.size() < AT_ONCE && !waiting.isEmpty()) {
      ImageTargets.Chosen chosen = waiting.remove();
      NodeTask task = new NodeTask(this, chosen.node(), expected(), answersOne);
      if (chosen.target().isPresent()) {
        running.add(task);
        heard(task, new NodeNews.Begun());
        open(task, chosen.target().get());
      }
      chosen.problem().ifPresent(problem -> heard(task, new NodeNews.Failed(problem)));
    }
    if (!over && running.isEmpty() && waiting.isEmpty()) {
      over = true;
      endWatch();
      user.onCompleted();
      whenLeft.run();
    }
  }

  private void open(NodeTask task, StreamBroker.Target target) {
    try {
      broker.open(target, asked(), task);
    } catch (StatusRuntimeException e) {
      running.remove(task);
      heard(
          task,
          new NodeNews.Failed(
              ImageTargets.failure(
                  e.getStatus().getCode(), String.valueOf(e.getStatus().getDescription()))));
    }
  }

  private MessageCase expected() {
    return switch (question.getRequestCase()) {
      case EXAMINE -> MessageCase.EXAMINATION;
      case IMAGE_PRUNE -> MessageCase.IMAGE_REMOVAL;
      case VOLUME_LIST, VOLUME_INSPECT, VOLUME_CREATE, VOLUME_REMOVE -> MessageCase.VOLUME;
      case VOLUME_PRUNE -> MessageCase.VOLUME_REMOVAL;
      case NETWORK_LIST, NETWORK_INSPECT, NETWORK_CREATE, NETWORK_REMOVE -> MessageCase.NETWORK;
      default -> MessageCase.IMAGE;
    };
  }

  /// The question as it is asked now.
  private OpenStream.Builder asked() {
    OpenStream.Builder now = question.toBuilder();
    if (now.hasExamine()) {
      // Not when the call began: those that wait for their turn would all seem to be ahead.
      Instant time = Instant.now();
      now.getExamineBuilder()
          .setControllerTime(
              Timestamp.newBuilder().setSeconds(time.getEpochSecond()).setNanos(time.getNano()));
    }
    return now;
  }

  /// Ends nodes that hang. One that fetches or writes takes the time it needs; its connection is
  /// watched.
  private synchronized void look() {
    long now = System.nanoTime();
    boolean contentWaits = contentOwed && !over;
    for (NodeTask task : List.copyOf(running)) {
      boolean isSlow = mayTakeLong ? contentWaits && !task.isReady() : user.isReady();
      if (isSlow && task.silentNanos(now) > TimeUnit.SECONDS.toNanos(SILENCE_SECONDS)) {
        task.fail(
            RefusalCode.UNAVAILABLE,
            "it did not go on for %d s: look at its agent's log".formatted(SILENCE_SECONDS));
      }
    }
  }

  private synchronized void leave() {
    over = true;
    endWatch();
    whenLeft.run();
    waiting.clear();
    List.copyOf(running).forEach(NodeTask::leave);
    running.clear();
  }

  private void endWatch() {
    Future<?> watching = watch;
    if (watching != null) {
      watching.cancel(false);
    }
  }
}
