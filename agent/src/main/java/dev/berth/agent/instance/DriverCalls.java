package dev.berth.agent.instance;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Failure;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.PrepareListener;
import dev.berth.agent.driver.ResizeCapable;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.port.AgentMetrics;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.Resources;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// The calls of a supervisor to its driver: bounded, measured, and repeated not too soon.
final class DriverCalls {
  private static final long RETRY_MIN_MILLIS = 1_000;
  private static final long RETRY_MAX_MILLIS = 30_000;

  private interface Call<T> {
    T run() throws DriverException;
  }

  private final SupervisorContext context;
  private final long arrivedNanos;
  private boolean dispatched;

  /// @param arrivedNanos when the assignment arrived, by [dev.berth.agent.port.AgentClock#nanos]
  DriverCalls(SupervisorContext context, long arrivedNanos) {
    this.context = context;
    this.arrivedNanos = arrivedNanos;
  }

  Observation prepare(
      AssignedInstance instance, Interruption interruption, PrepareListener listener)
      throws DriverException {
    return interruption.open(
        () -> {
          StartGate.Place place = context.gate().enter();
          try {
            if (!dispatched) {
              dispatched = true;
              context.metrics().dispatch(context.clock().nanos() - arrivedNanos);
            }
            PrepareListener pulling =
                progress -> {
                  place.leave();
                  listener.pulling(progress);
                };
            return measured("prepare", () -> context.driver().prepare(instance, pulling));
          } finally {
            place.leave();
          }
        });
  }

  /// @param wanted what is to start
  Observation start(Desired wanted, RuntimeHandle handle, Interruption interruption)
      throws DriverException {
    return interruption.open(
        () -> {
          StartGate.Place place = context.gate().enter();
          try {
            passFence(wanted, handle);
            return measured("start", () -> context.driver().start(handle));
          } finally {
            place.leave();
          }
        });
  }

  Observation stop(RuntimeHandle handle, Duration grace, Interruption interruption)
      throws DriverException {
    return interruption.open(() -> measured("stop", () -> context.driver().stop(handle, grace)));
  }

  /// Only of a driver that can.
  ResizeCapable.Effect resize(RuntimeHandle handle, Resources resources) throws DriverException {
    return measured("resize", () -> ((ResizeCapable) context.driver()).resize(handle, resources));
  }

  void remove(RuntimeHandle handle) throws DriverException {
    measured(
        "remove",
        () -> {
          context.driver().remove(handle);
          return handle;
        });
  }

  Observation inspect(RuntimeHandle handle) throws DriverException {
    return measured("inspect", () -> context.driver().inspect(handle));
  }

  Listing recover() throws DriverException {
    return measured("recover", () -> context.driver().recover());
  }

  /// When to repeat a call that failed once more: after 1 s, doubling to 30 s, with jitter.
  Observed.Retry retry(Optional<Observed.Retry> before) {
    long now = context.clock().millis();
    int failures = before.map(Observed.Retry::failures).orElse(0) + 1;
    long first = before.map(Observed.Retry::firstMillis).orElse(now);
    long most = Math.min(RETRY_MAX_MILLIS, RETRY_MIN_MILLIS << Math.min(failures - 1, 10));
    long wait = most / 2 + context.random().nextLong(most / 2 + 1);
    return new Observed.Retry(failures, first, now + wait);
  }

  /// Held before it is asked whether it may start: it is watched, whatever stops the agent then.
  private void passFence(Desired wanted, RuntimeHandle handle) throws DriverException {
    if (!(wanted instanceof Desired.Run(AssignedInstance instance))
        || !Desired.needsContact(instance)) {
      return;
    }
    try {
      context.fence().hold(instance.getInstanceId(), handle.runtimeId(), Desired.grace(instance));
    } catch (IOException e) {
      throw DriverException.retryable(
          "FenceFailed", "its end without contact cannot be made sure: " + e.getMessage(), e);
    }
    if (!context.fence().isOpen()) {
      throw DriverException.retryable(
          "NoContact", "it starts as soon as a controller acknowledges this node again", null);
    }
  }

  private <T> T measured(String verb, Call<T> call) throws DriverException {
    long began = context.clock().nanos();
    AgentMetrics.Outcome outcome = AgentMetrics.Outcome.PERMANENT;
    try {
      T answer = call.run();
      outcome = AgentMetrics.Outcome.OK;
      return answer;
    } catch (DriverException e) {
      outcome =
          switch (e.failure()) {
            case Failure.Retryable _ -> AgentMetrics.Outcome.RETRYABLE;
            case Failure.Permanent _ -> AgentMetrics.Outcome.PERMANENT;
          };
      throw e;
    } catch (RuntimeException e) {
      // A driver with a mistake must not end the supervisor: nobody would look after the instance.
      throw DriverException.retryable("DriverBug", String.valueOf(e), e);
    } finally {
      context
          .metrics()
          .driverCall(context.driver().name(), verb, outcome, context.clock().nanos() - began);
    }
  }
}
