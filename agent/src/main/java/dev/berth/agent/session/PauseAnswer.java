package dev.berth.agent.session;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.PauseCapable;
import dev.berth.v1.OpenStream;

/// Lets one instance stand still or go on, and says on one stream that it does.
final class PauseAnswer implements AnswerPump.Answer {
  private final CapabilityAccess instances;
  private final OpenStream request;
  private final AttachedStream stream;

  PauseAnswer(CapabilityAccess instances, OpenStream request, AttachedStream stream) {
    this.instances = instances;
    this.request = request;
    this.stream = stream;
  }

  @Override
  public boolean give()
      throws DriverException, LogAccess.UnknownInstanceException, InterruptedException {
    if (request.hasPause()) {
      CapabilityAccess.Subject<PauseCapable> subject = subject(request.getPause().getInstanceId());
      subject.driver().pause(subject.handle());
    } else {
      CapabilityAccess.Subject<PauseCapable> subject =
          subject(request.getUnpause().getInstanceId());
      subject.driver().unpause(subject.handle());
    }
    return stream.writeDone();
  }

  private CapabilityAccess.Subject<PauseCapable> subject(String instanceId)
      throws DriverException, LogAccess.UnknownInstanceException {
    return instances.subject(instanceId, PauseCapable.class, "cannot let anything stand still");
  }
}
