package dev.berth.agent.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether there is room for bytes and for files where the agent and Docker keep theirs.
final class DiskCheck implements Check {
  static final String NAME = "disk";

  private static final int WARNING_PERCENT = 85;
  private static final int PROBLEM_PERCENT = 95;
  private static final int COLUMNS = 6;
  private static final int USED = 4;

  @Override
  public List<Finding> of(Observations seen) {
    List<Finding> findings = new ArrayList<>();
    for (Observations.Space space : seen.spaces()) {
      findings.add(finding(space));
    }
    return findings;
  }

  private static Finding finding(Observations.Space space) {
    String where = space.what() + " in " + space.path();
    Optional<Integer> bytes = space.blocks().flatMap(DiskCheck::usedPercent);
    if (bytes.isEmpty()) {
      return Finding.skipped(NAME, where + ": its file system cannot be seen from here");
    }
    // Some file systems have no table of inodes, and df says "-".
    int files = space.inodes().flatMap(DiskCheck::usedPercent).orElse(0);
    String text =
        "%s: %d %% of the space, %d %% of the inodes".formatted(where, bytes.get(), files);
    int most = Math.max(bytes.get(), files);
    String mend = mend(space, files > bytes.get());
    if (most >= PROBLEM_PERCENT) {
      return Finding.problem(NAME, text + " are used: writes are about to fail", mend);
    }
    return most >= WARNING_PERCENT
        ? Finding.warning(NAME, text + " are used", mend)
        : Finding.ok(NAME, text + " are used");
  }

  private static String mend(Observations.Space space, boolean files) {
    return space.what().startsWith("Docker")
        ? "docker system prune"
        : "du -x -d 2 %s %s | sort -n | tail".formatted(files ? "--inodes" : "-m", space.path());
  }

  /// The fifth column of the second line.
  private static Optional<Integer> usedPercent(String df) {
    List<String> lines = df.lines().toList();
    if (lines.size() < 2) {
      return Optional.empty();
    }
    String[] words = lines.get(1).strip().split("\\s+", COLUMNS);
    return words.length == COLUMNS && words[USED].matches("[0-9]{1,3}%")
        ? Optional.of(Integer.parseInt(words[USED].replace("%", "")))
        : Optional.empty();
  }
}
