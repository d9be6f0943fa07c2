package dev.berth.agent.driver.libvirt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/// When a machine was started and ended last: hypervisors do not say. In a file of the machine's,
/// so that a restarted agent knows it too.
///
/// @param start when it was started; empty: never
/// @param consoleOffset bytes in its console's file at that time
/// @param end when it was seen to have ended; empty: it was not
record RunTimes(Optional<Instant> start, long consoleOffset, Optional<Instant> end) {
  static final RunTimes NONE = new RunTimes(Optional.empty(), 0, Optional.empty());

  static RunTimes started(Instant at, long consoleOffset) {
    return new RunTimes(Optional.of(at), consoleOffset, Optional.empty());
  }

  RunTimes ended(Instant at) {
    return new RunTimes(start, consoleOffset, Optional.of(at));
  }

  /// What a file says; [#NONE] when there is none, or it says nothing that can be read.
  static RunTimes read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      if (lines.size() < 2) {
        return NONE;
      }
      return new RunTimes(
          Optional.of(Instant.parse(lines.get(0))),
          Long.parseLong(lines.get(1)),
          lines.size() > 2 ? Optional.of(Instant.parse(lines.get(2))) : Optional.empty());
    } catch (IOException | DateTimeParseException | NumberFormatException _) {
      return NONE;
    }
  }

  void write(Path file) throws IOException {
    if (start.isEmpty()) {
      Files.deleteIfExists(file);
      return;
    }
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    StringBuilder text = new StringBuilder();
    start.ifPresent(at -> text.append(at).append('\n').append(consoleOffset).append('\n'));
    end.ifPresent(at -> text.append(at).append('\n'));
    Files.writeString(fresh, text);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
