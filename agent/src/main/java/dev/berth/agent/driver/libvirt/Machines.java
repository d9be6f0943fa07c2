package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.driver.RuntimeListener;
import dev.berth.v1.BootMarker;
import dev.berth.v1.BootPhase;
import dev.berth.v1.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the driver knows of its machines besides what the hypervisor says: when they ran, and what
/// phases of their start were seen. Thread-safe.
final class Machines implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Machines.class);

  private final String driver;
  private final LibvirtPlace place;
  private final Map<UUID, MachineBoot> boots = new ConcurrentHashMap<>();
  private final Map<UUID, Known> known = new ConcurrentHashMap<>();
  // How machines were before the start that is under way: until it is over, one that is off has not
  // ended again.
  private final Map<UUID, RunTimes> starting = new HashMap<>();
  private long starts;
  private volatile @Nullable RuntimeListener listener;

  /// What was said when the machine was made.
  private record Known(String note, List<BootMarker> markers) {}

  /// @param driver its name
  Machines(String driver, LibvirtPlace place) {
    this.driver = driver;
    this.place = place;
  }

  RuntimeHandle handle(UUID machine) {
    return new RuntimeHandle(driver, MachineId.instanceId(machine), machine.toString());
  }

  /// Tells new phases from now on.
  void tell(RuntimeListener to) {
    listener = to;
  }

  /// A machine was defined.
  void made(UUID machine, String note, VmSpec vm) {
    known.put(machine, new Known(note, vm.getBootMarkersList()));
    try {
      MachineNotes.write(files(machine), note, vm.getBootMarkersList());
    } catch (IOException e) {
      LOG.warn("machine {}: its notes cannot be kept: {}", machine, e.getMessage());
    }
  }

  /// A machine is about to be started: its console is followed from its end on.
  synchronized void starting(UUID machine, Map<String, String> labels) throws IOException {
    MachineFiles files = files(machine);
    files.make();
    long offset = size(files.console());
    Instant now = place.clock().wall();
    starts++;
    starting.put(machine, RunTimes.read(files.times()));
    RunTimes.started(now, offset).write(files.times());
    follow(machine, labels, now, offset);
  }

  /// The start is over, and the machine runs, or has run.
  synchronized void started(UUID machine) {
    starts++;
    starting.remove(machine);
  }

  /// The start failed: the machine is as it was before.
  synchronized void startFailed(UUID machine) {
    RunTimes before = starting.remove(machine);
    if (before != null) {
      try {
        before.write(files(machine).times());
      } catch (IOException e) {
        LOG.warn("machine {}: its times cannot be kept: {}", machine, e.getMessage());
      }
    }
  }

  /// Tells what is true of a machine, as if the hypervisor had.
  void announce(Observation observation) {
    RuntimeListener to = listener;
    if (to != null) {
      to.changed(observation);
    }
  }

  /// Grows when a start begins, and when one is over.
  synchronized long starts() {
    return starts;
  }

  /// What is true of a machine; empty when one was started after it was looked at and found off:
  /// then it may run, and be taken for one that has ended. Look again.
  ///
  /// @param since [#starts] from before it was looked at
  synchronized Optional<Observation> observe(MachineView view, long since) {
    boolean active = view.state() instanceof MachineState.Active;
    return active || since == starts ? Optional.of(observe(view)) : Optional.empty();
  }

  /// What is true of a machine that nobody starts meanwhile. One at a time: events and calls come
  /// from several threads, and both write down when it ended.
  synchronized Observation observe(MachineView view) {
    Instant now = place.clock().wall();
    boolean active = view.state() instanceof MachineState.Active;
    RunTimes before = starting.get(view.id());
    RunTimes times = before != null && !active ? before : timed(view.id(), active, now);
    if (active && !boots.containsKey(view.id())) {
      follow(view.id(), view.labels(), times.start().orElse(now), times.consoleOffset());
    }
    MachineBoot boot = boots.get(view.id());
    boolean ofThisStart = boot != null && (active || before == null);
    if (boot != null && ofThisStart && !active) {
      boot.close();
    }
    RunState state = MachineStates.of(view.state(), times, now);
    List<BootPhase> phases =
        boot == null || !ofThisStart || state instanceof RunState.Created
            ? List.of()
            : boot.phases();
    return new Observation(
        handle(view.id()), state, view.labels(), phases, known(view.id()).note());
  }

  /// When a machine ran, with what is seen now written down.
  private RunTimes timed(UUID machine, boolean active, Instant now) {
    MachineFiles files = files(machine);
    RunTimes times = RunTimes.read(files.times());
    try {
      if (active && (times.start().isEmpty() || times.end().isPresent())) {
        // Someone else started it.
        files.make();
        times = RunTimes.started(now, size(files.console()));
        times.write(files.times());
      } else if (!active && times.start().isPresent() && times.end().isEmpty()) {
        times = times.ended(now);
        times.write(files.times());
      }
    } catch (IOException e) {
      LOG.warn("machine {}: its times cannot be kept: {}", machine, e.getMessage());
    }
    return times;
  }

  private void follow(UUID machine, Map<String, String> labels, Instant start, long offset) {
    MachineBoot boot =
        new MachineBoot(files(machine), start, offset, () -> told(machine, labels, start));
    MachineBoot before = boots.put(machine, boot);
    if (before != null) {
      before.close();
    }
    try {
      boot.follow(place.consoles(), known(machine).markers());
    } catch (IOException e) {
      LOG.warn("machine {}: its console cannot be followed: {}", machine, e.getMessage());
    }
  }

  /// A phase was entered: what runs is told again, with it.
  private void told(UUID machine, Map<String, String> labels, Instant start) {
    MachineBoot boot = boots.get(machine);
    if (boot != null) {
      announce(
          new Observation(
              handle(machine),
              new RunState.Running(start),
              labels,
              boot.phases(),
              known(machine).note()));
    }
  }

  private Known known(UUID machine) {
    return known.computeIfAbsent(
        machine,
        id -> {
          MachineNotes notes = MachineNotes.read(files(id));
          return new Known(notes.note(), notes.markers());
        });
  }

  /// A machine's guest agent has opened its channel.
  void agentConnected(UUID machine) {
    MachineBoot boot = boots.get(machine);
    if (boot != null) {
      boot.agentConnected(place.clock().wall());
    }
  }

  /// A machine was removed.
  synchronized void forget(UUID machine) {
    known.remove(machine);
    MachineBoot boot = boots.remove(machine);
    if (boot != null) {
      boot.close();
    }
  }

  private MachineFiles files(UUID machine) {
    return MachineFiles.of(place.root(), machine);
  }

  private static long size(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  @Override
  public void close() {
    boots.values().forEach(MachineBoot::close);
  }
}
