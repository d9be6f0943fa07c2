package dev.berth.agent.session;

import dev.berth.agent.driver.CommitCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.port.AgentClock;
import dev.berth.v1.InstanceCommitRequest;

/// Makes an image of one instance, and answers on one stream.
final class CommitAnswer implements AnswerPump.Answer {
  private final CapabilityAccess instances;
  private final InstanceCommitRequest order;
  private final AttachedStream stream;
  private final PacedProgress progress;

  CommitAnswer(
      CapabilityAccess instances,
      InstanceCommitRequest order,
      AttachedStream stream,
      AgentClock clock) {
    this.instances = instances;
    this.order = order;
    this.stream = stream;
    this.progress = new PacedProgress(stream, clock);
  }

  @Override
  public boolean give()
      throws DriverException, LogAccess.UnknownInstanceException, InterruptedException {
    CapabilityAccess.Subject<CommitCapable> subject =
        instances.subject(
            order.getInstanceId(), CommitCapable.class, "makes no images of what it runs");
    return stream.write(subject.driver().commit(subject.handle(), order, progress::say));
  }
}
