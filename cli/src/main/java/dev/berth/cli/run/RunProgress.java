package dev.berth.cli.run;

import dev.berth.cli.term.ProgressLine;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.InstanceText;
import dev.berth.cli.verb.PullText;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// Shows what holds a program up before it runs: on a terminal in one line that changes, else in
/// plain lines, pulls at most every five seconds.
final class RunProgress {
  private static final long PULL_NANOS = Duration.ofSeconds(5).toNanos();

  private final Terminal terminal;
  private final ProgressLine line;
  private final Map<String, String> shown = new HashMap<>();
  private final Map<String, Long> shownAt = new HashMap<>();

  RunProgress(Terminal terminal) {
    this.terminal = terminal;
    line = new ProgressLine(terminal);
  }

  void show(Collection<Instance> instances) {
    for (Instance instance : instances) {
      String text = text(instance);
      if (text.isEmpty()) {
        if (shown.remove(instance.getId()) != null) {
          end();
        }
      } else if (!text.equals(shown.get(instance.getId())) && isDue(instance)) {
        shown.put(instance.getId(), text);
        shownAt.put(instance.getId(), System.nanoTime());
        line.show(instance.getName() + ": " + text);
      }
    }
  }

  /// Takes the line that changes away.
  void end() {
    line.end();
  }

  private boolean isDue(Instance instance) {
    Long last = shownAt.get(instance.getId());
    return terminal.errIsTerminal()
        || !instance.getStatus().hasPull()
        || last == null
        || System.nanoTime() - last > PULL_NANOS;
  }

  private static String text(Instance instance) {
    InstanceStatus status = instance.getStatus();
    if (status.getState() == InstanceState.INSTANCE_STATE_PREPARING && status.hasPull()) {
      return "pulling " + instance.getImage() + ": " + PullText.of(status.getPull());
    }
    boolean waits =
        status.getState().getNumber() < InstanceState.INSTANCE_STATE_RUNNING_VALUE
            || status.getState() == InstanceState.INSTANCE_STATE_REJECTED
            || status.getState() == InstanceState.INSTANCE_STATE_LOST
            || status.hasNextRestartTime();
    if (!waits || (status.getReason() + status.getMessage()).isEmpty()) {
      return "";
    }
    String why = status.getMessage().isEmpty() ? status.getReason() : status.getMessage();
    return InstanceText.stateName(status.getState()) + ": " + why;
  }
}
