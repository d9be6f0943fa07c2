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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the driver knows of its machines besides what the hypervisor says: when they ran, and what
/// phases of their start were seen. Thread-safe.
final class Machines implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Machines.class);

  private final LibvirtDriver.Place place;
  private final Map<UUID, MachineBoot> boots = new ConcurrentHashMap<>();
  private final Map<UUID, Known> known = new ConcurrentHashMap<>();
  private volatile @Nullable RuntimeListener listener;

  /// What was said when the machine was made.
  private record Known(String note, List<BootMarker> markers) {}

  Machines(LibvirtDriver.Place place) {
    this.place = place;
  }

  static RuntimeHandle handle(UUID machine) {
    return new RuntimeHandle(LibvirtDriver.NAME, MachineId.instanceId(machine), machine.toString());
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
    RunTimes.started(now, offset).write(files.times());
    follow(machine, labels, now, offset);
  }

  /// What is true of a machine. One at a time: events and calls come from several threads, and
  /// both write down when it ended.
  synchronized Observation observe(MachineView view) {
    MachineFiles files = files(view.id());
    RunTimes times = RunTimes.read(files.times());
    Instant now = place.clock().wall();
    boolean active = view.state() instanceof MachineState.Active;
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
      LOG.warn("machine {}: its times cannot be kept: {}", view.id(), e.getMessage());
    }
    if (active && !boots.containsKey(view.id())) {
      follow(view.id(), view.labels(), times.start().orElse(now), times.consoleOffset());
    }
    MachineBoot boot = boots.get(view.id());
    if (!active && boot != null) {
      boot.close();
    }
    RunState state = MachineStates.of(view.state(), times, now);
    List<BootPhase> phases =
        boot == null || state instanceof RunState.Created ? List.of() : boot.phases();
    return new Observation(
        handle(view.id()), state, view.labels(), phases, known(view.id()).note());
  }

  private void follow(UUID machine, Map<String, String> labels, Instant start, long offset) {
    MachineBoot boot = new MachineBoot(start, () -> told(machine, labels, start));
    MachineBoot before = boots.put(machine, boot);
    if (before != null) {
      before.close();
    }
    try {
      boot.follow(place.consoles(), files(machine).console(), offset, known(machine).markers());
    } catch (IOException e) {
      LOG.warn("machine {}: its console cannot be followed: {}", machine, e.getMessage());
    }
  }

  /// A phase was entered: what runs is told again, with it.
  private void told(UUID machine, Map<String, String> labels, Instant start) {
    RuntimeListener to = listener;
    MachineBoot boot = boots.get(machine);
    if (to != null && boot != null) {
      to.changed(
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
