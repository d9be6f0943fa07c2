package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamRequest.MessageCase;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.StreamFailure;
import io.grpc.Status;

/// One node's part of a call to several: what its agent answers, up to the end. Everything is
/// done under the lock of the call.
final class NodeTask implements AgentStream {
  private static final int MESSAGE_MAX = 300 << 10;

  private final NodeFanOut<?> call;
  private final String node;
  private final MessageCase expected;
  private final boolean answersOne;
  private final NodeEnd agent = new NodeEnd();
  private int answers;
  private boolean owed;
  private long sinceNanos;

  /// @param expected what its answers are, besides progress and failure
  /// @param answersOne it answers with one message besides progress; else with any number
  NodeTask(NodeFanOut<?> call, String node, MessageCase expected, boolean answersOne) {
    this.call = call;
    this.node = node;
    this.expected = expected;
    this.answersOne = answersOne;
    this.sinceNanos = System.nanoTime();
  }

  String node() {
    return node;
  }

  @Override
  public void ask(String asked, Runnable whenUserGone) {
    boolean late;
    synchronized (call) {
      late = agent.asked(whenUserGone);
    }
    if (late) {
      whenUserGone.run();
    }
  }

  @Override
  public void attach(AgentSide side) {
    synchronized (call) {
      if (agent.dialled(side)) {
        side.onReady(call::pump);
        owed = true;
        heard();
        call.pump();
      }
    }
  }

  @Override
  public void onNext(AttachStreamRequest message) {
    synchronized (call) {
      if (agent.isOver()) {
        return;
      }
      heard();
      if (message.getSerializedSize() > MESSAGE_MAX) {
        breakRules(message);
        return;
      }
      switch (message.getMessageCase()) {
        case FAILURE -> {
          finish(failed(message.getFailure()));
          return;
        }
        case IMAGE -> answer(message, new NodeNews.Found(message.getImage()));
        case IMAGE_REMOVAL -> answer(message, new NodeNews.Removed(message.getImageRemoval()));
        case VOLUME -> answer(message, new NodeNews.HasVolume(message.getVolume()));
        case VOLUME_REMOVAL ->
            answer(message, new NodeNews.RemovedVolumes(message.getVolumeRemoval()));
        case NETWORK -> answer(message, new NodeNews.HasNetwork(message.getNetwork()));
        case EXAMINATION -> answer(message, new NodeNews.Examined(message.getExamination()));
        case IMAGE_PROGRESS -> call.heard(this, new NodeNews.Progress(message.getImageProgress()));
        default -> {
          breakRules(message);
          return;
        }
      }
      owed = true;
      call.pump();
    }
  }

  private void answer(AttachStreamRequest message, NodeNews news) {
    if (message.getMessageCase() != expected) {
      breakRules(message);
      return;
    }
    answers++;
    call.heard(this, news);
  }

  private void breakRules(AttachStreamRequest message) {
    agent.refuse(
        "message: " + message.getMessageCase() + " (expected: what was asked for, or failure)");
    fail(RefusalCode.UNAVAILABLE, "its agent broke the protocol");
  }

  @Override
  public void onError(Throwable cause) {
    fail(RefusalCode.UNAVAILABLE, "its agent or the network went away: look at it, then repeat");
  }

  @Override
  public void onCompleted() {
    synchronized (call) {
      if (!agent.isOver()) {
        finish(
            answersOne && answers != 1
                ? failed(Status.Code.UNAVAILABLE, "its agent broke the protocol")
                : new NodeNews.Done());
      }
    }
  }

  @Override
  public void fail(RefusalCode code, String message) {
    synchronized (call) {
      if (!agent.isOver()) {
        finish(failed(StatusMapper.code(code), message));
      }
    }
  }

  /// Asks the agent for its next message, if it is to be asked.
  void pump() {
    if (owed && agent.isOpen()) {
      owed = false;
      agent.more();
    }
  }

  /// Whether it takes content without its being kept here.
  boolean isReady() {
    return agent.isReady();
  }

  void send(AttachStreamResponse message) {
    if (agent.send(message)) {
      heard();
    }
  }

  /// Nothing was heard of it, nor sent to it, for so long.
  long silentNanos(long now) {
    return now - sinceNanos;
  }

  /// Nobody wants it any more.
  void leave() {
    agent.leave("the user has left");
  }

  private void heard() {
    sinceNanos = System.nanoTime();
  }

  private void finish(NodeNews last) {
    agent.end();
    call.ended(this, last);
  }

  private static NodeNews failed(StreamFailure failure) {
    Status.Code code = Status.fromCodeValue(failure.getCode()).getCode();
    // UNKNOWN also stands for numbers that are no codes.
    boolean known = code != Status.Code.OK && code != Status.Code.UNKNOWN;
    return failed(
        known && code != Status.Code.INTERNAL ? code : Status.Code.UNAVAILABLE,
        failure.getMessage());
  }

  private static NodeNews failed(Status.Code code, String message) {
    return new NodeNews.Failed(ImageTargets.failure(code, message));
  }
}
