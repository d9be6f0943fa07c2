package dev.berth.agent.boot;

import dev.berth.v1.BootPhase;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/// Follows a start on a console: takes its bytes and tells what they say. Not thread-safe.
///
/// Nobody knows when bytes that are replayed were written, but that they were by the given time:
/// phases that they show are marked as inferred.
public final class BootConsole implements ConsoleSink {
  private final BootObserver observer;
  private final Consumer<BootSign> signs;
  private final ConsoleLines lines = new ConsoleLines();

  /// @param observer belongs to this console from now on
  /// @param signs told each sign that says something, in order
  public BootConsole(BootObserver observer, Consumer<BootSign> signs) {
    this.observer = observer;
    this.signs = signs;
  }

  /// The guest agent has opened its channel, as the hypervisor says.
  public void agent(Instant when) {
    tell(observer.agent(when), false);
  }

  @Override
  public void bytes(byte[] bytes, int count, Instant when, boolean replayed) {
    lines.accept(bytes, count, line -> tell(observer.line(line, when), replayed));
    tell(observer.unfinished(lines.unfinished(), when), replayed);
  }

  @Override
  public void truncated() {
    lines.reset();
  }

  private void tell(BootSign sign, boolean replayed) {
    switch (sign) {
      case BootSign.Nothing _ -> {
        return;
      }
      case BootSign.Entered(List<BootPhase> phases) when replayed ->
          signs.accept(new BootSign.Entered(inferred(phases)));
      case BootSign.Rebooted(List<BootPhase> phases) when replayed ->
          signs.accept(new BootSign.Rebooted(inferred(phases)));
      default -> signs.accept(sign);
    }
  }

  private static List<BootPhase> inferred(List<BootPhase> phases) {
    return phases.stream().map(phase -> phase.toBuilder().setInferred(true).build()).toList();
  }
}
