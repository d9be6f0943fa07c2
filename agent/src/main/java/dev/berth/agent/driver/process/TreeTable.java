package dev.berth.agent.driver.process;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.TopCapable;
import dev.berth.agent.port.HostCommands;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The processes of a tree, as a table: from the kernel's files, or with options of ps by the
/// node's ps, as docker does.
///
/// @param proc the kernel's `/proc`
/// @param commands runs ps
record TreeTable(Path proc, HostCommands commands) {
  private static final String PS = "ps";
  private static final String PID = "PID";

  TopCapable.Table of(ProcessTree tree, List<String> options) throws IOException, DriverException {
    Set<Long> pids = new HashSet<>(tree.pids());
    if (options.isEmpty()) {
      ProcTable table = new ProcTable(proc);
      return new TopCapable.Table(
          ProcTable.TITLES,
          pids.stream().sorted().flatMap(pid -> table.row(pid).stream()).toList());
    }
    if (!commands.has(PS)) {
      throw DriverException.permanent(
          "ToolMissing",
          "this node has no ps, which options need; leave them out, or install procps there",
          null);
    }
    List<String> words = new ArrayList<>(List.of(PS));
    words.addAll(options);
    HostCommands.Output said;
    try {
      said = commands.run(words);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DriverException.retryable("Interrupted", "the call was interrupted", e);
    }
    if (!said.isGood()) {
      throw refused(said.text().lines().filter(line -> !line.isBlank()).findFirst().orElse(""));
    }
    return chosen(said.text(), pids);
  }

  /// The rows of those processes. The last column may hold blanks.
  private static TopCapable.Table chosen(String text, Set<Long> pids) throws DriverException {
    List<String> lines = text.lines().toList();
    List<String> titles = lines.isEmpty() ? List.of() : cells(lines.getFirst(), 0);
    int pid = titles.indexOf(PID);
    if (pid < 0) {
      throw refused("no column PID (expected: one, such as with -ef or -o pid,args)");
    }
    return new TopCapable.Table(
        titles,
        lines.stream()
            .skip(1)
            .map(line -> cells(line, titles.size()))
            .filter(row -> row.size() == titles.size() && isOf(pids, row.get(pid)))
            .toList());
  }

  private static List<String> cells(String line, int most) {
    return Arrays.stream(line.strip().split("\\s+", most)).collect(Collectors.toList());
  }

  private static boolean isOf(Set<Long> pids, String text) {
    return text.matches("[0-9]{1,10}") && pids.contains(Long.parseLong(text));
  }

  private static DriverException refused(String why) {
    return DriverException.permanent("BadOptions", "ps: " + why, null);
  }
}
