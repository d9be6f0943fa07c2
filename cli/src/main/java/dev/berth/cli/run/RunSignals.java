package dev.berth.cli.run;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.Refusals;
import dev.berth.cli.cluster.RunningInstances;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import dev.berth.spec.Signals;
import io.grpc.StatusRuntimeException;
import java.util.Set;

/// Sends the signals of a foreground run to all that runs of it.
///
/// @param target the workload
record RunSignals(Cluster cluster, Terminal terminal, Target target) {
  private static final int SIGNALLED = 128;
  private static final Set<String> ENDING = Set.of("HUP", "INT", "TERM");

  /// Where nothing runs that could get it, what ends programs ends this command as if it were not
  /// handed on.
  ///
  /// @param signal "INT"
  void send(String signal) {
    RunningInstances running;
    try {
      running = RunningInstances.orStopping(cluster, target);
    } catch (FailureException e) {
      if (ENDING.contains(signal)) {
        System.exit(SIGNALLED + Signals.number(signal));
      }
      complain(signal, String.valueOf(e.getMessage()));
      return;
    } catch (StatusRuntimeException e) {
      complain(signal, Refusals.describe(e, cluster));
      return;
    }
    try {
      running.signal(cluster, signal);
    } catch (StatusRuntimeException e) {
      complain(signal, Refusals.describe(e, cluster));
    } catch (FailureException e) {
      complain(signal, String.valueOf(e.getMessage()));
    }
  }

  private void complain(String signal, String why) {
    Complaint.say(terminal, target.workload(), "it did not get " + signal + ": " + why);
  }
}
