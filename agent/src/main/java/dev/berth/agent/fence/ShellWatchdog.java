package dev.berth.agent.fence;

import dev.berth.agent.journal.StateFiles;
import dev.berth.agent.port.AgentClock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A watchdog that is a small shell script in a session of its own, told through files. A shell
/// takes a hundredth of the memory of a second JVM and lives on when this one is killed. Not
/// thread-safe.
public final class ShellWatchdog implements Watchdog {
  private static final Logger LOG = LoggerFactory.getLogger(ShellWatchdog.class);
  private static final String SCRIPT = "watchdog.sh";
  private static final String TARGETS = "targets";
  private static final String DEADLINE = "deadline";
  private static final int MILLIS_PER_TICK = 10;

  private final Path directory;
  private final StateFiles files;
  private final String bootId;
  private final long token;
  private boolean watches;
  private @Nullable FileChannel deadline;
  private @Nullable Process process;

  private ShellWatchdog(Path directory, StateFiles files, String bootId, long token) {
    this.directory = directory;
    this.files = files;
    this.bootId = bootId;
    this.token = token;
  }

  /// Ends the watch over all that an agent had held, when nothing of it is left.
  ///
  /// @param directory for the watchdog's files alone
  public static void end(Path directory) throws IOException {
    StateFiles.in(directory).replace(TARGETS, new byte[0]);
  }

  /// Such a watchdog. Its token is the time when the agent was started: the newest one stays.
  ///
  /// @param directory for the watchdog's files alone
  /// @param bootId the kernel's boot id
  public static ShellWatchdog open(Path directory, String bootId, AgentClock clock)
      throws IOException {
    return new ShellWatchdog(directory, StateFiles.in(directory), bootId, clock.bootMillis());
  }

  @Override
  public Left left() throws IOException {
    Optional<byte[]> content = files.read(TARGETS);
    if (content.isEmpty() || content.get().length == 0) {
      return new Left(0, List.of());
    }
    List<String> lines = new String(content.get(), StandardCharsets.US_ASCII).lines().toList();
    if (!lines.getFirst().equals("# " + bootId)) {
      // What it held ended with the boot.
      return new Left(0, List.of());
    }
    List<FenceTarget> targets = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] words = line.split(" ", -1);
      if (words.length == 3 && words[2].matches("[0-9]{1,12}")) {
        Duration grace = Duration.ofMillis(Long.parseLong(words[2]) * MILLIS_PER_TICK);
        targets.add(new FenceTarget(words[0], words[1], grace));
      }
    }
    watches = !targets.isEmpty();
    return new Left(leftDeadline(), targets);
  }

  @Override
  public void watch(Collection<FenceTarget> targets, long deadlineMillis) throws IOException {
    StringBuilder text = new StringBuilder();
    if (!targets.isEmpty()) {
      text.append("# ").append(bootId).append('\n');
    }
    for (FenceTarget target : targets) {
      text.append(target.instanceId()).append(' ').append(target.runtimeId()).append(' ');
      text.append(target.grace().toMillis() / MILLIS_PER_TICK).append('\n');
    }
    files.replace(TARGETS, text.toString().getBytes(StandardCharsets.US_ASCII));
    watches = !targets.isEmpty();
    renew(deadlineMillis);
  }

  @Override
  public void renew(long deadlineMillis) throws IOException {
    if (!watches) {
      return;
    }
    Process running = process;
    if (running == null || !running.isAlive()) {
      process = start();
    }
    // Last: from then on a watchdog that an agent before this one had started ends.
    String half = String.format(Locale.ROOT, "%16d %16d", deadlineMillis / MILLIS_PER_TICK, token);
    ByteBuffer record =
        ByteBuffer.wrap((half + " " + half + "\n").getBytes(StandardCharsets.US_ASCII));
    FileChannel file = deadline;
    if (file == null) {
      file =
          FileChannel.open(
              directory.resolve(DEADLINE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      deadline = file;
    }
    // In place, and never longer or shorter: it must not fail when the disk is full.
    int _ = file.write(record, 0);
  }

  private Process start() throws IOException {
    try (InputStream script = ShellWatchdog.class.getResourceAsStream(SCRIPT)) {
      if (script == null) {
        throw new IOException(SCRIPT + " is not in the agent's archive; build it again");
      }
      files.replace(SCRIPT, script.readAllBytes());
    }
    Process started =
        new ProcessBuilder(
                "setsid",
                "sh",
                directory.resolve(SCRIPT).toString(),
                directory.toString(),
                Long.toString(token))
            .directory(directory.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    LOG.info("the fence's watchdog is process {}", started.pid());
    return started;
  }

  private long leftDeadline() throws IOException {
    String text =
        new String(files.read(DEADLINE).orElse(new byte[0]), StandardCharsets.US_ASCII).strip();
    String[] words = text.split(" +", -1);
    boolean whole =
        words.length == 4
            && words[0].matches("[0-9]{1,15}")
            && words[0].equals(words[2])
            && words[1].equals(words[3]);
    if (!whole) {
      LOG.error("{}/{}: cannot be read: contact counts as too old", directory, DEADLINE);
      return 0;
    }
    return Long.parseLong(words[0]) * MILLIS_PER_TICK;
  }
}
