package dev.berth.agent.session;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.PauseCapable;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.SignalCapable;
import dev.berth.spec.Signals;
import dev.berth.v1.SignalStreamRequest;
import java.time.Duration;

/// Sends one instance a signal, and says on one stream that it was sent.
final class SignalAnswer implements AnswerPump.Answer {
  private final CapabilityAccess instances;
  private final SignalStreamRequest request;
  private final AttachedStream stream;

  SignalAnswer(CapabilityAccess instances, SignalStreamRequest request, AttachedStream stream) {
    this.instances = instances;
    this.request = request;
    this.stream = stream;
  }

  @Override
  public boolean give()
      throws DriverException, LogAccess.UnknownInstanceException, InterruptedException {
    CapabilityAccess.Subject<RuntimeDriver> subject =
        instances.subject(request.getInstanceId(), RuntimeDriver.class, "ends nothing");
    if (subject.driver() instanceof SignalCapable signals) {
      signals.signal(subject.handle(), request.getSignal());
    } else {
      stopAtOnce(subject);
    }
    return stream.writeDone();
  }

  private void stopAtOnce(CapabilityAccess.Subject<RuntimeDriver> subject) throws DriverException {
    if (request.getSignal() != Signals.KILL) {
      throw DriverException.permanent("NoSignals", "its driver sends no signal but KILL", null);
    }
    if (!(subject.driver().inspect(subject.handle()).state() instanceof RunState.Running)) {
      throw DriverException.permanent(PauseCapable.NOT_RUNNING, "it does not run", null);
    }
    var _ = subject.driver().stop(subject.handle(), Duration.ZERO);
  }
}
