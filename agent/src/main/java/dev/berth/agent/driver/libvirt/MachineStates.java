package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.RunState;
import java.time.Instant;

/// What a machine's state means for an instance. A machine has no exit code: one that its guest
/// shut down has done its work (0); any other end has the code that a shell gives such a program.
final class MachineStates {
  static final int SHUT_DOWN = 0;
  static final int FAILED = 1;
  static final int ABORTED = 134;
  static final int KILLED = 137;

  private MachineStates() {}

  /// @param times of its last run
  /// @param now when it is looked at, for what nobody wrote down
  static RunState of(MachineState state, RunTimes times, Instant now) {
    return switch (state) {
      case MachineState.Active(boolean paused) ->
          new RunState.Running(times.start().orElse(now), paused);
      case MachineState.Off _ when times.start().isEmpty() -> new RunState.Created();
      case MachineState.Off(MachineState.Cause why) ->
          new RunState.Exited(
              code(why), false, times.start().orElse(now), times.end().orElse(now), problem(why));
    };
  }

  private static int code(MachineState.Cause why) {
    return switch (why) {
      case SHUT_DOWN -> SHUT_DOWN;
      case POWERED_OFF, UNKNOWN -> KILLED;
      case CRASHED -> ABORTED;
      case FAILED -> FAILED;
    };
  }

  private static String problem(MachineState.Cause why) {
    return switch (why) {
      case SHUT_DOWN -> "";
      case POWERED_OFF -> "its power was taken away";
      case CRASHED -> "its hypervisor process ended without being asked to (killed or crashed)";
      case FAILED -> "the hypervisor could not run it; see libvirt's log of the machine";
      case UNKNOWN -> "it ended while nobody watched, for instance because the host was restarted";
    };
  }
}
