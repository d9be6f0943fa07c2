package dev.berth.agent.boot;

import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_BOOT_LOADER;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_CREATED;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_FIRMWARE;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_GUEST_AGENT;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_KERNEL;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_READY;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_UNSPECIFIED;

import com.google.protobuf.Timestamp;
import dev.berth.spec.Printable;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.BootPhaseSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/// Finds the phases of one machine's start in the lines of its console. Each phase is entered at
/// most once a start, and phases only go forward.
///
/// A machine that starts again shows what it showed first the last time: its firmware, else its
/// boot loader, else the kernel's first line, with the clock at 0. A machine that has shown
/// firmware or boot loader is not believed to start again by the kernel's first line alone, since
/// `dmesg` repeats that one; but it is after the last words of a kernel, which `kexec` has too.
///
/// Asks no clock. Not thread-safe.
public final class BootObserver {
  private static final int EVIDENCE_CHARS_MAX = 200;
  private static final BootSign NOTHING = new BootSign.Nothing();

  private final BootMarkers markers;
  private final Set<BootPhaseKind> seen = EnumSet.noneOf(BootPhaseKind.class);
  private BootPhaseKind latest = BOOT_PHASE_KIND_CREATED;
  private Instant latestTime = Instant.MIN;
  private boolean clockRuns;
  private boolean kernelClosed;

  /// @param markers which lines mark which phase
  public BootObserver(BootMarkers markers) {
    this.markers = markers;
  }

  /// One that goes on where another stopped.
  ///
  /// @param entered phases of the present start, in their order
  public static BootObserver resuming(BootMarkers markers, List<BootPhase> entered) {
    BootObserver observer = new BootObserver(markers);
    for (BootPhase phase : entered) {
      if (phase.getPhase().compareTo(BOOT_PHASE_KIND_FIRMWARE) >= 0
          && phase.getPhase() != BootPhaseKind.UNRECOGNIZED) {
        Timestamp time = phase.getTime();
        observer.enter(phase.getPhase(), Instant.ofEpochSecond(time.getSeconds(), time.getNanos()));
      }
    }
    return observer;
  }

  /// The latest phase that was entered; CREATED before the first.
  public BootPhaseKind latest() {
    return latest;
  }

  /// The machine was started anew, as is known from elsewhere: all phases may be entered again.
  public void restart() {
    seen.clear();
    latest = BOOT_PHASE_KIND_CREATED;
    latestTime = Instant.MIN;
    clockRuns = false;
    kernelClosed = false;
  }

  /// Takes a line.
  ///
  /// @param text without escape sequences
  /// @param when it was written
  public BootSign line(String text, Instant when) {
    OptionalLong clock = KernelClock.nanos(text);
    BootPhaseKind found = markers.phase(text, clock.isPresent(), this::isOfInterest);
    boolean again = startsAgain(found, text, clock);
    if (again) {
      restart();
    }
    List<BootPhase> phases = new ArrayList<>(2);
    if (clock.isPresent()
        && isAhead(BOOT_PHASE_KIND_KERNEL)
        && markers.mayShowOtherwise(BOOT_PHASE_KIND_KERNEL)) {
      phases.add(kernel(found, text, when, clock));
    }
    if (isAhead(found)) {
      phases.add(phase(found, when, text, clock));
    }
    clockRuns |= clock.orElse(0) > 0;
    kernelClosed |= BootMarkers.closesKernel(text);
    if (phases.isEmpty()) {
      return NOTHING;
    }
    return again ? new BootSign.Rebooted(phases) : new BootSign.Entered(phases);
  }

  /// Looks at a line that has not ended, and may go on later; a login prompt never ends. Only READY
  /// is looked for. The same line may be given again, longer, and at last to [#line].
  ///
  /// @param text as far as it was written
  /// @param when its last piece was written
  public BootSign unfinished(String text, Instant when) {
    if (text.isEmpty() || !isAhead(BOOT_PHASE_KIND_READY)) {
      return NOTHING;
    }
    OptionalLong clock = KernelClock.nanos(text);
    BootPhaseKind found =
        markers.phase(text, clock.isPresent(), kind -> kind == BOOT_PHASE_KIND_READY);
    return found == BOOT_PHASE_KIND_READY
        ? new BootSign.Entered(List.of(phase(found, when, text, clock)))
        : NOTHING;
  }

  /// Takes that the guest agent has opened its channel, which no line shows. One that does so only
  /// after the login prompt is nothing: phases go forward.
  public BootSign agent(Instant when) {
    if (!isAhead(BOOT_PHASE_KIND_GUEST_AGENT)
        || !markers.mayShowOtherwise(BOOT_PHASE_KIND_GUEST_AGENT)) {
      return NOTHING;
    }
    Instant time = when.isBefore(latestTime) ? latestTime : when;
    enter(BOOT_PHASE_KIND_GUEST_AGENT, time);
    return new BootSign.Entered(
        List.of(
            BootPhase.newBuilder()
                .setPhase(BOOT_PHASE_KIND_GUEST_AGENT)
                .setTime(timestamp(time))
                .setSource(BootPhaseSource.BOOT_PHASE_SOURCE_GUEST_AGENT)
                .build()));
  }

  /// What may begin a phase, and what would show that all begins anew.
  private boolean isOfInterest(BootPhaseKind kind) {
    return switch (kind) {
      case BOOT_PHASE_KIND_FIRMWARE -> latest != kind;
      case BOOT_PHASE_KIND_BOOT_LOADER ->
          isAhead(kind)
              || (latest != kind
                  && seen.contains(kind)
                  && !seen.contains(BOOT_PHASE_KIND_FIRMWARE));
      default -> isAhead(kind);
    };
  }

  private boolean startsAgain(BootPhaseKind found, String text, OptionalLong clock) {
    if (found != BOOT_PHASE_KIND_UNSPECIFIED && !isAhead(found)) {
      return true;
    }
    boolean heralded =
        seen.contains(BOOT_PHASE_KIND_FIRMWARE) || seen.contains(BOOT_PHASE_KIND_BOOT_LOADER);
    boolean begun = latest == BOOT_PHASE_KIND_KERNEL ? clockRuns : !isAhead(BOOT_PHASE_KIND_KERNEL);
    return begun
        && markers.mayShowOtherwise(BOOT_PHASE_KIND_KERNEL)
        && clock.equals(OptionalLong.of(0))
        && BootMarkers.opensKernel(text)
        && (kernelClosed || !heralded);
  }

  /// The kernel at its first line, or at another one, when nobody saw it begin: then the line says
  /// how long ago that was.
  private BootPhase kernel(BootPhaseKind found, String text, Instant when, OptionalLong clock) {
    boolean first = found == BOOT_PHASE_KIND_KERNEL || clock.orElse(0) == 0;
    Instant began = first ? when : when.minusNanos(clock.orElse(0));
    Instant time = began.isBefore(latestTime) ? latestTime : began;
    return phase(BOOT_PHASE_KIND_KERNEL, time, text, clock).toBuilder().setInferred(!first).build();
  }

  private BootPhase phase(BootPhaseKind kind, Instant when, String text, OptionalLong clock) {
    enter(kind, when);
    BootPhase.Builder phase =
        BootPhase.newBuilder()
            .setPhase(kind)
            .setTime(timestamp(when))
            .setSource(BootPhaseSource.BOOT_PHASE_SOURCE_SERIAL)
            .setEvidence(evidence(text));
    clock.ifPresent(phase::setGuestNanos);
    return phase.build();
  }

  private static Timestamp timestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  private void enter(BootPhaseKind kind, Instant when) {
    seen.add(kind);
    latest = kind;
    latestTime = when;
  }

  private boolean isAhead(BootPhaseKind kind) {
    return kind != BOOT_PHASE_KIND_UNSPECIFIED && kind.compareTo(latest) > 0;
  }

  private static String evidence(String text) {
    String shown = Printable.escape(text.strip());
    if (shown.length() <= EVIDENCE_CHARS_MAX) {
      return shown;
    }
    int end = EVIDENCE_CHARS_MAX - 1;
    return shown.substring(0, Character.isHighSurrogate(shown.charAt(end - 1)) ? end - 1 : end)
        + "…";
  }
}
