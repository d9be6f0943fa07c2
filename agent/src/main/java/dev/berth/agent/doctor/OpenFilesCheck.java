package dev.berth.agent.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether the agent and the host may open as many files as they need.
final class OpenFilesCheck implements Check {
  static final String NAME = "open-files";

  private static final String LINE = "Max open files";
  private static final long AGENT_GOOD = 4096;
  private static final long AGENT_MIN = 1024;
  private static final int HOST_PERCENT = 80;

  @Override
  public List<Finding> of(Observations seen) {
    List<Finding> findings = new ArrayList<>();
    findings.add(agent(seen.kernel().limits()));
    host(seen.kernel().fileNumber()).ifPresent(findings::add);
    return findings;
  }

  private static Finding agent(Optional<String> limits) {
    String line =
        limits
            .flatMap(text -> text.lines().filter(each -> each.startsWith(LINE)).findFirst())
            .orElse("");
    String soft = line.isEmpty() ? "" : line.substring(LINE.length()).strip().split("\\s+", 2)[0];
    if (soft.equals("unlimited")) {
      return Finding.ok(NAME, "the agent may open any number of files");
    }
    if (!soft.matches("[0-9]{1,18}")) {
      return Finding.skipped(NAME, "/proc/self/limits cannot be read");
    }
    long most = Long.parseLong(soft);
    String text = "the agent may open " + most + " files";
    String mend = "systemctl edit berth-agent # [Service] LimitNOFILE=65536";
    if (most < AGENT_MIN) {
      return Finding.problem(NAME, text + " (expected: at least 4096)", mend);
    }
    return most < AGENT_GOOD
        ? Finding.warning(NAME, text + " (expected: at least 4096)", mend)
        : Finding.ok(NAME, text);
  }

  /// "2944 0 9223372036854775807": open, free, most.
  private static Optional<Finding> host(Optional<String> fileNumber) {
    String[] words = fileNumber.orElse("").split("\\s+", -1);
    if (words.length != 3 || !(words[0] + words[2]).matches("[0-9]{1,38}")) {
      return Optional.empty();
    }
    double percent = 100.0 * Double.parseDouble(words[0]) / Double.parseDouble(words[2]);
    return percent < HOST_PERCENT
        ? Optional.empty()
        : Optional.of(
            Finding.warning(
                NAME,
                "%s files are open on this host, which may open %s".formatted(words[0], words[2]),
                "sysctl -w fs.file-max=" + words[2] + "0"));
  }
}
