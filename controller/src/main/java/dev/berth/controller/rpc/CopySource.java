package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.ImageLoadRequest;
import dev.berth.v1.LoadImagesResponse;
import dev.berth.v1.OpenStream;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The node from which images are copied to others: its pieces go to all of them, one at a time.
/// Everything is done under the lock of the call.
final class CopySource implements AgentStream {
  private final String node;
  private final NodeFanOut<LoadImagesResponse> targets;
  private Runnable whenGone = () -> {};
  private @Nullable AgentSide agent;
  private boolean wanted;
  private boolean ended;

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
      if (ended) {
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
      whenGone = whenUserGone;
      late = ended;
    }
    if (late) {
      whenUserGone.run();
    }
  }

  @Override
  public void attach(AgentSide side) {
    synchronized (targets) {
      if (ended) {
        side.refuse(RefusalCode.ABORTED, "the user has left");
        return;
      }
      agent = side;
      if (wanted) {
        side.more();
      }
    }
  }

  private void more() {
    wanted = true;
    AgentSide side = agent;
    if (side != null && !ended) {
      side.more();
    }
  }

  @Override
  public void onNext(AttachStreamRequest message) {
    synchronized (targets) {
      if (ended) {
        return;
      }
      if (message.hasFailure()) {
        end(
            message.getFailure().getCode() == Status.Code.NOT_FOUND.value()
                ? RefusalCode.NOT_FOUND
                : RefusalCode.UNAVAILABLE,
            message.getFailure().getMessage());
        return;
      }
      int size = message.getData().size();
      if (!message.hasData() || size < 1 || size > BrokeredStream.CHUNK_MAX) {
        AgentSide side = agent;
        if (side != null) {
          side.refuse(
              RefusalCode.FAILED_PRECONDITION,
              "message: %s of %d bytes (expected: data)".formatted(message.getMessageCase(), size));
        }
        end(RefusalCode.UNAVAILABLE, "its agent broke the protocol");
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
      if (!ended) {
        ended = true;
        complete();
        targets.endContent();
      }
    }
  }

  @Override
  public void fail(RefusalCode code, String message) {
    synchronized (targets) {
      if (!ended) {
        end(code, message);
      }
    }
  }

  private void end(RefusalCode code, String message) {
    ended = true;
    complete();
    targets.breakOff(code, "it comes from node " + node + ", and that has failed: " + message);
  }

  private void leave() {
    if (!ended) {
      ended = true;
      AgentSide side = agent;
      if (side != null) {
        side.refuse(RefusalCode.ABORTED, "nobody wants it any more");
      }
      whenGone.run();
    }
  }

  private void complete() {
    whenGone.run();
    AgentSide side = agent;
    if (side != null) {
      side.complete();
    }
  }
}
