package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.InstanceWatch;
import dev.berth.cli.cluster.Listings;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.BootPhase;
import dev.berth.v1.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Shows a start while it happens: on a terminal the whole picture, drawn anew at each change, else
/// a line for each phase.
final class BootFollower {
  private static final Duration LONG = Duration.ofDays(3650);

  private final Terminal terminal;
  private final BootText text;
  private final boolean silent;
  private final List<BootPhase> told = new ArrayList<>();
  private Instance instance;
  private int drawn;

  /// @param silent shows nothing
  BootFollower(Terminal terminal, BootText text, Instance instance, boolean silent) {
    this.terminal = terminal;
    this.text = text;
    this.instance = instance;
    this.silent = silent;
  }

  /// Follows the instance until it is ready or has ended.
  ///
  /// @return the instance as it is then
  /// @throws FailureException when it is removed before that
  Instance follow(Cluster cluster) {
    show();
    if (isOver()) {
      return instance;
    }
    Target target = new Target(instance.getWorkload(), List.of(instance.getSlot()));
    boolean[] gone = {false};
    boolean _ = new InstanceWatch(cluster, target).until(LONG, state -> isOver(state, gone));
    if (gone[0]) {
      throw new FailureException(1, instance.getName() + " was removed before it was ready");
    }
    return instance;
  }

  private boolean isOver(Map<String, Instance> state, boolean[] gone) {
    Instance now = state.get(instance.getId());
    if (now == null) {
      gone[0] = true;
      return true;
    }
    boolean changed = !now.equals(instance);
    instance = now;
    if (changed) {
      show();
    }
    return isOver();
  }

  private boolean isOver() {
    return BootTimeline.of(instance).isReady() || Listings.isFinal(instance);
  }

  private void show() {
    if (silent) {
      return;
    }
    if (terminal.outIsTerminal()) {
      draw();
    } else {
      tell();
    }
    terminal.flush();
  }

  private void draw() {
    if (drawn > 0) {
      terminal.out().print("\u001b[" + drawn + "A\u001b[J");
    }
    String picture = text.whole(instance, Instant.now());
    drawn = (int) picture.lines().count();
    terminal.out().print(picture);
  }

  private void tell() {
    BootTimeline timeline = BootTimeline.of(instance);
    List<BootPhase> phases = timeline.phases();
    if (!phases.containsAll(told)) {
      terminal.out().println("started again");
      told.retainAll(phases);
    }
    for (BootPhase phase : phases) {
      if (!told.contains(phase)) {
        terminal.out().println(text.line(timeline, phase));
        told.add(phase);
      }
    }
    if (isOver()) {
      BootText.remarks(instance, timeline).forEach(terminal.out()::println);
    }
  }
}
