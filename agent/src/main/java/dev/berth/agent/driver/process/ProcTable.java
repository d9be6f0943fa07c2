package dev.berth.agent.driver.process;

import dev.berth.agent.driver.CgroupCounters;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Processes in the columns of `ps -ef`, from the kernel's files alone.
///
/// @param proc the kernel's `/proc`
record ProcTable(Path proc) {
  static final List<String> TITLES =
      List.of("UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD");

  // The kernel's clock for what it tells programs, whatever its own one is.
  private static final long TICKS_PER_SECOND = 100;
  private static final int COMMAND_MAX = 16 << 10;
  private static final int PARENT = 1;
  private static final int TERMINAL = 4;
  private static final int USER_TICKS = 11;
  private static final int KERNEL_TICKS = 12;
  private static final int START_TICKS = 19;
  private static final DateTimeFormatter TODAY = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
  private static final DateTimeFormatter EARLIER =
      DateTimeFormatter.ofPattern("MMMdd", Locale.ENGLISH);

  /// One process; empty when it has gone.
  Optional<List<String>> row(long pid) {
    Path at = proc.resolve(Long.toString(pid));
    Optional<String> stat = CgroupCounters.text(at.resolve("stat"));
    if (stat.isEmpty()) {
      return Optional.empty();
    }
    String line = stat.get();
    // The name is in parentheses and may hold anything: the last one closes it.
    int close = line.lastIndexOf(") ");
    int open = line.indexOf(" (");
    if (open < 0 || close < open) {
      return Optional.empty();
    }
    String[] fields = line.substring(close + 2).strip().split(" ", -1);
    if (fields.length <= START_TICKS) {
      return Optional.empty();
    }
    long used = number(fields[USER_TICKS]) + number(fields[KERNEL_TICKS]);
    Instant start = bootTime().plusMillis(number(fields[START_TICKS]) * 1000 / TICKS_PER_SECOND);
    return Optional.of(
        List.of(
            user(at),
            Long.toString(pid),
            fields[PARENT],
            share(used, start),
            started(start),
            number(fields[TERMINAL]) == 0 ? "?" : terminal(at),
            time(used / TICKS_PER_SECOND),
            command(at, line.substring(open + 2, close))));
  }

  private static long number(String text) {
    return CgroupCounters.parsed(text).orElse(0);
  }

  private Instant bootTime() {
    return Instant.ofEpochSecond(CgroupCounters.field(proc.resolve("stat"), "btime").orElse(0));
  }

  private static String user(Path at) {
    try {
      return Files.getOwner(at).getName();
    } catch (IOException _) {
      return "?";
    }
  }

  /// Processor time in percent of the time since its start, as ps has it.
  private static String share(long ticks, Instant start) {
    long lived = Math.max(1, Duration.between(start, Instant.now()).toMillis());
    return Long.toString(Math.min(99, ticks * 1000 / TICKS_PER_SECOND * 100 / lived));
  }

  private static String started(Instant start) {
    ZonedDateTime local = start.atZone(ZoneId.systemDefault());
    return (local.toLocalDate().equals(LocalDate.now(ZoneId.systemDefault())) ? TODAY : EARLIER)
        .format(local);
  }

  private static String terminal(Path at) {
    try {
      String name = Files.readSymbolicLink(at.resolve("fd/0")).toString();
      return name.startsWith("/dev/") ? name.substring(5) : "?";
    } catch (IOException _) {
      return "?";
    }
  }

  private static String time(long seconds) {
    return String.format(
        Locale.ROOT, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }

  /// One that has no command line of its own is shown by its name.
  private static String command(Path at, String name) {
    String line = "";
    try (InputStream in = Files.newInputStream(at.resolve("cmdline"))) {
      line = new String(in.readNBytes(COMMAND_MAX), StandardCharsets.UTF_8);
    } catch (IOException _) {
      // It has just ended.
    }
    line = line.replace('\0', ' ').strip();
    return line.isEmpty() ? "[" + name + "]" : line;
  }
}
