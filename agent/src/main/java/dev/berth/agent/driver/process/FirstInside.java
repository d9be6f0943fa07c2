package dev.berth.agent.driver.process;

import dev.berth.agent.driver.CgroupCounters;
import dev.berth.agent.driver.DriverException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// Finds the process that has number 1 in the namespaces of an instance. Whoever enters those has
/// what it has: so with a root of the instance's own it only counts once that is its root, and
/// nothing of the node's is left there.
///
/// @param proc the kernel's `/proc`
/// @param tree all processes of the instance
/// @param rooted whether it has a root of its own
record FirstInside(Path proc, ProcessTree tree, boolean rooted) {
  // An instance runs for its agent a moment before its program does.
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long LOOK_MILLIS = 5;
  private static final Pattern FIRST = Pattern.compile("NSpid:\\s+[0-9]+(\\s+[0-9]+)*\\s+1");
  private static final String OLD_ROOT = "/dev/.berth";
  private static final int DEVICE = 2;
  private static final int PLACE = 4;

  /// Waits for it.
  ///
  /// @return its number on the node
  /// @throws DriverException when it does not come
  long await() throws DriverException, IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Optional<Long> found = find();
    while (found.isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw DriverException.retryable(
            "ExecFailed", "its program is just starting or ending: repeat", null);
      }
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw DriverException.retryable("Interrupted", "the call was interrupted", e);
      }
      found = find();
    }
    return found.get();
  }

  private Optional<Long> find() throws IOException {
    return tree.pids().stream()
        .filter(pid -> text(pid, "status").lines().anyMatch(line -> FIRST.matcher(line).matches()))
        .filter(pid -> !rooted || hasOwnRoot(text(pid, "mountinfo")))
        .findFirst();
  }

  private boolean hasOwnRoot(String mounts) {
    Optional<String> root = rootDevice(mounts);
    return root.isPresent()
        && !root.equals(rootDevice(CgroupCounters.text(proc.resolve("self/mountinfo")).orElse("")))
        && mounts.lines().noneMatch(line -> place(line).startsWith(OLD_ROOT));
  }

  /// The device of what is mounted at the root: each overlay is one of its own.
  private static Optional<String> rootDevice(String mounts) {
    return mounts
        .lines()
        .filter(line -> place(line).equals("/"))
        .reduce((_, last) -> last)
        .map(line -> line.split(" ", -1)[DEVICE]);
  }

  private static String place(String mount) {
    String[] words = mount.split(" ", -1);
    return words.length > PLACE ? words[PLACE] : "";
  }

  private String text(long pid, String file) {
    return CgroupCounters.text(proc.resolve(Long.toString(pid)).resolve(file)).orElse("");
  }
}
