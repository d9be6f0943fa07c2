package dev.berth.agent.session;

import dev.berth.agent.driver.CommitCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.port.AgentClock;
import dev.berth.v1.InstanceCommitRequest;
import io.grpc.Status;

/// Makes an image of one instance, and answers on one stream.
final class CommitPump {
  private final CapabilityAccess instances;
  private final InstanceCommitRequest order;
  private final AttachedStream stream;
  private final PacedProgress progress;

  CommitPump(
      CapabilityAccess instances,
      InstanceCommitRequest order,
      AttachedStream stream,
      AgentClock clock) {
    this.instances = instances;
    this.order = order;
    this.stream = stream;
    this.progress = new PacedProgress(stream, clock);
  }

  /// Returns when it is made, or the other end has gone away.
  void run() throws InterruptedException {
    // What nobody waits for any more is not made.
    stream.onEnd(Thread.currentThread()::interrupt);
    try {
      CapabilityAccess.Subject<CommitCapable> subject =
          instances.subject(
              order.getInstanceId(), CommitCapable.class, "makes no images of what it runs");
      if (stream.write(subject.driver().commit(subject.handle(), order, progress::say))) {
        stream.complete();
      }
    } catch (LogAccess.UnknownInstanceException e) {
      stream.fail(Status.Code.NOT_FOUND, String.valueOf(e.getMessage()));
    } catch (DriverException e) {
      stream.fail(e);
    }
  }
}
