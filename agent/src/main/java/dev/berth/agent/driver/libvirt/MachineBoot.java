package dev.berth.agent.driver.libvirt;

import com.google.protobuf.Timestamp;
import dev.berth.agent.boot.BootConsole;
import dev.berth.agent.boot.BootMarkers;
import dev.berth.agent.boot.BootObserver;
import dev.berth.agent.boot.BootSign;
import dev.berth.agent.boot.ConsoleFollower;
import dev.berth.agent.boot.ConsoleTail;
import dev.berth.v1.BootMarker;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.BootPhaseSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The phases of a machine's present start, read off its console. Thread-safe.
final class MachineBoot implements AutoCloseable {
  private final BootPhase created;
  private final Runnable changed;
  private final List<BootPhase> seen = new ArrayList<>();
  private @Nullable ConsoleTail tail;
  private boolean closed;

  /// Follows nothing yet.
  ///
  /// @param start when the machine was started
  /// @param changed is called after each new phase, on the console's thread
  MachineBoot(Instant start, Runnable changed) {
    this.changed = changed;
    this.created =
        BootPhase.newBuilder()
            .setPhase(BootPhaseKind.BOOT_PHASE_KIND_CREATED)
            .setTime(
                Timestamp.newBuilder().setSeconds(start.getEpochSecond()).setNanos(start.getNano()))
            .setSource(BootPhaseSource.BOOT_PHASE_SOURCE_RUNTIME)
            .build();
  }

  /// Begins to read what the machine writes.
  ///
  /// @param offset bytes of the file that are of earlier starts
  void follow(ConsoleFollower follower, Path console, long offset, List<BootMarker> markers)
      throws IOException {
    BootConsole sink = new BootConsole(new BootObserver(BootMarkers.with(markers)), this::told);
    ConsoleTail opened = follower.follow(console, offset, sink);
    boolean late;
    synchronized (this) {
      late = closed;
      tail = late ? null : opened;
    }
    if (late) {
      opened.close();
    }
  }

  /// The phases from CREATED on.
  synchronized List<BootPhase> phases() {
    List<BootPhase> phases = new ArrayList<>();
    phases.add(created);
    phases.addAll(seen);
    return phases;
  }

  private void told(BootSign sign) {
    synchronized (this) {
      switch (sign) {
        case BootSign.Entered(List<BootPhase> phases) -> seen.addAll(phases);
        case BootSign.Rebooted(List<BootPhase> phases) -> {
          seen.clear();
          seen.addAll(phases);
        }
        case BootSign.Nothing _ -> {
          return;
        }
      }
    }
    changed.run();
  }

  @Override
  public void close() {
    ConsoleTail opened;
    synchronized (this) {
      closed = true;
      opened = tail;
      tail = null;
    }
    if (opened != null) {
      opened.close();
    }
  }
}
