package dev.berth.agent.driver.process;

import dev.berth.agent.driver.CgroupCounters;
import dev.berth.agent.port.HostCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The programs of the node that confine others.
///
/// @param paths by name, of those that are there
/// @param resetSignals whether env has to set signals back for a program, and can: those that the
///     agent was told to ignore by whoever started it, a program would ignore for good
/// @param rootObstacle why processes cannot have root file systems of their own; empty: they can
record Tools(Map<String, String> paths, boolean resetSignals, Optional<String> rootObstacle) {
  static final String ENV = "env";
  static final String DEFAULT_SIGNAL = "--default-signal";
  static final String PRLIMIT = "prlimit";
  static final String SETPRIV = "setpriv";
  static final String UNSHARE = "unshare";
  static final String NSENTER = "nsenter";
  static final String TAR = "tar";
  static final String PIVOT_ROOT = "pivot_root";
  static final List<String> OF_UTIL_LINUX = List.of(PRLIMIT, UNSHARE, SETPRIV, NSENTER, PIVOT_ROOT);

  private static final Pattern IGNORED = Pattern.compile("SigIgn:\\s*([0-9a-f]{1,16})");
  // 1 to 31; the C library keeps the next two for itself.
  private static final long PROGRAMS_SIGNALS = 0x7fff_ffffL;

  /// Where the carrier looks for programs, whatever the agent's own PATH is; also the PATH of
  /// programs that have none.
  static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /// Those of this node.
  ///
  /// @param commands tries one of them
  static Tools here(HostCommands commands) {
    Map<String, String> found = new TreeMap<>();
    for (String name : OF_UTIL_LINUX) {
      inPath(name, PATH).ifPresent(path -> found.put(name, path.toString()));
    }
    for (String name : List.of(ENV, TAR)) {
      inPath(name, PATH).ifPresent(path -> found.put(name, path.toString()));
    }
    return new Tools(
        found, ignoresSignals() && canReset(commands), Optional.of("it has not been tried"));
  }

  /// When it is known whether they can make roots.
  Tools withRoots(Optional<String> obstacle) {
    return new Tools(paths, resetSignals, obstacle);
  }

  private static boolean ignoresSignals() {
    String status = CgroupCounters.text(Path.of("/proc/self/status")).orElse("");
    Matcher ignored = IGNORED.matcher(status);
    return ignored.find() && (Long.parseUnsignedLong(ignored.group(1), 16) & PROGRAMS_SIGNALS) != 0;
  }

  private static boolean canReset(HostCommands commands) {
    try {
      return commands.run(List.of(ENV, DEFAULT_SIGNAL, "true")).isGood();
    } catch (IOException _) {
      return false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Where a program is, as execvp(3) looks for it.
  static Optional<Path> inPath(String name, String path) {
    return placesInPath(name, path)
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /// Where a program is looked for.
  static Stream<Path> placesInPath(String name, String path) {
    return List.of(path.split(":", -1)).stream()
        .filter(directory -> directory.startsWith("/"))
        .map(directory -> Path.of(directory, name));
  }

  boolean has(String name) {
    return paths.containsKey(name);
  }

  /// Where one is; its name when it is not there.
  String path(String name) {
    return paths.getOrDefault(name, name);
  }
}
