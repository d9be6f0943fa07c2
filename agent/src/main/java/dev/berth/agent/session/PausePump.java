package dev.berth.agent.session;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.PauseCapable;
import dev.berth.v1.OpenStream;
import io.grpc.Status;

/// Lets one instance stand still or go on, and says on one stream that it does.
final class PausePump {
  private final CapabilityAccess instances;
  private final OpenStream request;
  private final AttachedStream stream;

  PausePump(CapabilityAccess instances, OpenStream request, AttachedStream stream) {
    this.instances = instances;
    this.request = request;
    this.stream = stream;
  }

  /// Returns when it is done and was said.
  void run() throws InterruptedException {
    try {
      if (request.hasPause()) {
        CapabilityAccess.Subject<PauseCapable> subject =
            subject(request.getPause().getInstanceId());
        subject.driver().pause(subject.handle());
      } else {
        CapabilityAccess.Subject<PauseCapable> subject =
            subject(request.getUnpause().getInstanceId());
        subject.driver().unpause(subject.handle());
      }
      if (stream.writeDone()) {
        stream.complete();
      }
    } catch (LogAccess.UnknownInstanceException e) {
      stream.fail(Status.Code.NOT_FOUND, String.valueOf(e.getMessage()));
    } catch (DriverException e) {
      stream.fail(e);
    }
  }

  private CapabilityAccess.Subject<PauseCapable> subject(String instanceId)
      throws DriverException, LogAccess.UnknownInstanceException {
    return instances.subject(instanceId, PauseCapable.class, "cannot let anything stand still");
  }
}
