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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The phases of a machine's present start: read off its console, but for the guest agent's, which
/// the hypervisor tells. Thread-safe.
final class MachineBoot implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MachineBoot.class);

  private final MachineFiles files;
  private final BootMemory before;
  private final BootPhase created;
  private final Runnable changed;
  private final List<BootPhase> seen;
  private @Nullable BootConsole console;
  private @Nullable ConsoleTail tail;
  private boolean closed;

  /// Follows nothing yet.
  ///
  /// @param start when the machine was started
  /// @param offset bytes of its console that are of earlier starts
  /// @param changed is called after each new phase, by whoever brought it; must not wait
  MachineBoot(MachineFiles files, Instant start, long offset, Runnable changed) {
    this.files = files;
    this.before = BootMemory.read(files.phases(), start, offset);
    this.seen = new ArrayList<>(before.phases());
    this.changed = changed;
    this.created =
        BootPhase.newBuilder()
            .setPhase(BootPhaseKind.BOOT_PHASE_KIND_CREATED)
            .setTime(
                Timestamp.newBuilder().setSeconds(start.getEpochSecond()).setNanos(start.getNano()))
            .setSource(BootPhaseSource.BOOT_PHASE_SOURCE_RUNTIME)
            .build();
  }

  /// Begins to read what the machine writes, where an agent before this one stopped.
  void follow(ConsoleFollower follower, List<BootMarker> markers) throws IOException {
    BootObserver observer = BootObserver.resuming(BootMarkers.with(markers), before.phases());
    BootConsole sink = new BootConsole(observer, this::told);
    ConsoleTail opened = follower.follow(files.console(), before.position(), sink);
    boolean late;
    boolean more;
    synchronized (this) {
      late = closed;
      console = sink;
      tail = late ? null : opened;
      more = !seen.equals(before.phases());
    }
    if (late) {
      opened.close();
    } else if (more) {
      remember();
    }
  }

  /// The phases from CREATED on.
  synchronized List<BootPhase> phases() {
    List<BootPhase> phases = new ArrayList<>();
    phases.add(created);
    phases.addAll(seen);
    return phases;
  }

  /// The guest agent has opened its channel.
  void agentConnected(Instant when) {
    ConsoleTail reading;
    BootConsole sink;
    synchronized (this) {
      reading = tail;
      sink = console;
    }
    if (reading != null && sink != null) {
      agentConnected(reading, sink, when);
    }
  }

  /// The console's lock comes before our own, as it does when a line brings a phase.
  private static void agentConnected(ConsoleTail reading, BootConsole sink, Instant when) {
    reading.between(() -> sink.agent(when));
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
    remember();
    changed.run();
  }

  private void remember() {
    ConsoleTail reading;
    List<BootPhase> phases;
    synchronized (this) {
      reading = tail;
      phases = List.copyOf(seen);
    }
    if (reading == null) {
      return; // what was there is still read, and is remembered at once
    }
    try {
      new BootMemory(before.start(), reading.position(), phases).write(files.phases());
    } catch (IOException e) {
      LOG.warn("{}: the phases of its start cannot be kept: {}", files.directory(), e.toString());
    }
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
