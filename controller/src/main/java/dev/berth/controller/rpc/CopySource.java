package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.ImageLoadRequest;
import dev.berth.v1.LoadImagesResponse;
import dev.berth.v1.OpenStream;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;

/// The node from which images are copied to others: its pieces go to all of them, one at a time.
/// Everything is done under the lock of the call.
final class CopySource implements AgentStream {
  private final String node;
  private final NodeFanOut<LoadImagesResponse> targets;
  private final NodeEnd agent = new NodeEnd();
  private boolean owed;

  CopySource(String node, NodeFanOut<LoadImagesResponse> targets) {
    this.node = node;
    this.targets = targets;
  }

  /// Begins to copy.
  void start(StreamBroker broker, SavedImages saved, List<ImageTargets.Chosen> nodes) {
    synchronized (targets) {
      targets.contentFrom(this::more, this::leave);
      targets.start(
          nodes,
          OpenStream.newBuilder().setImageLoad(ImageLoadRequest.getDefaultInstance()).build());
      if (agent.isOver()) {
        return;
      }
      try {
        broker.open(saved.source(), saved.asked(), this);
      } catch (StatusRuntimeException e) {
        fail(RefusalCode.UNAVAILABLE, String.valueOf(e.getStatus().getDescription()));
        return;
      }
      targets.takeContent();
    }
  }

  @Override
  public void ask(String asked, Runnable whenUserGone) {
    boolean late;
    synchronized (targets) {
      late = agent.asked(whenUserGone);
    }
    if (late) {
      whenUserGone.run();
    }
  }

  @Override
  public void attach(AgentSide side) {
    synchronized (targets) {
      if (agent.dialled(side) && owed) {
        more();
      }
    }
  }

  /// All targets take one more piece; asked for when the agent has dialled.
  private void more() {
    owed = !agent.isOpen();
    agent.more();
  }

  @Override
  public void onNext(AttachStreamRequest message) {
    synchronized (targets) {
      if (agent.isOver()) {
        return;
      }
      if (message.hasFailure()) {
        fail(
            message.getFailure().getCode() == Status.Code.NOT_FOUND.value()
                ? RefusalCode.NOT_FOUND
                : RefusalCode.UNAVAILABLE,
            message.getFailure().getMessage());
        return;
      }
      int size = message.getData().size();
      if (!message.hasData() || size < 1 || size > BrokeredStream.CHUNK_MAX) {
        agent.refuse(
            "message: %s of %d bytes (expected: data)".formatted(message.getMessageCase(), size));
        fail(RefusalCode.UNAVAILABLE, "its agent broke the protocol");
        return;
      }
      targets.content(message.getData());
    }
  }

  @Override
  public void onError(Throwable cause) {
    fail(RefusalCode.UNAVAILABLE, "its agent or the network went away: look at it, then repeat");
  }

  @Override
  public void onCompleted() {
    synchronized (targets) {
      if (!agent.isOver()) {
        agent.end();
        targets.endContent();
      }
    }
  }

  @Override
  public void fail(RefusalCode code, String message) {
    synchronized (targets) {
      if (!agent.isOver()) {
        agent.end();
        targets.breakOff(code, "it comes from node " + node + ", and that has failed: " + message);
      }
    }
  }

  private void leave() {
    if (!agent.isOver()) {
      agent.leave("nobody wants it any more");
    }
  }
}
