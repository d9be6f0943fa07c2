package dev.berth.cli.verb;

import dev.berth.cli.term.Table;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.v1.FindingVerdict;
import dev.berth.v1.NodeExamination;
import dev.berth.v1.NodeFinding;
import java.util.ArrayList;
import java.util.List;

/// What nodes found, in words: a table, and below it what mends what is not as it should be.
final class DoctorText {
  private static final String PREFIX = "FINDING_VERDICT_";

  private DoctorText() {}

  static String of(List<NodeExamination> nodes, Terminal terminal) {
    Table table = new Table("NODE", "CHECK", "VERDICT", "SEEN");
    List<FindingVerdict> verdicts = new ArrayList<>();
    StringBuilder mends = new StringBuilder();
    for (NodeExamination node : nodes) {
      for (NodeFinding finding : node.getFindingsList()) {
        table.row(node.getNode(), finding.getCheck(), word(finding), finding.getSeen());
        verdicts.add(finding.getVerdict());
        mends.append(mend(node.getNode(), finding));
      }
    }
    if (verdicts.isEmpty()) {
      return "";
    }
    String text = table.text(terminal.columns());
    return (terminal.coloured() ? coloured(text, verdicts) : text)
        + (mends.isEmpty() ? "" : "\nTo mend it, on the node:\n" + mends);
  }

  private static String word(NodeFinding finding) {
    String name = finding.getVerdict().name();
    return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : "UNKNOWN";
  }

  private static String mend(String node, NodeFinding finding) {
    if (finding.getMend().isEmpty()) {
      return "";
    }
    String fix = finding.getFixable() ? "  # or from here: berth node doctor --fix " + node : "";
    return Printable.escape(
            "  %s, %s: %s%s".formatted(node, finding.getCheck(), finding.getMend(), fix))
        + "\n";
  }

  /// Each line but the first is a finding; its verdict is the first word of its kind in it.
  private static String coloured(String text, List<FindingVerdict> verdicts) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    for (int i = 0; i < verdicts.size(); i++) {
      FindingVerdict verdict = verdicts.get(i);
      String colour = colour(verdict);
      String word = verdict.name().replace(PREFIX, "");
      int at = lines.get(i + 1).indexOf(" " + word);
      if (!colour.isEmpty() && at >= 0) {
        String line = lines.get(i + 1);
        String painted = "\u001b[" + colour + "m" + word + "\u001b[0m";
        lines.set(
            i + 1, line.substring(0, at + 1) + painted + line.substring(at + 1 + word.length()));
      }
    }
    return String.join("\n", lines) + "\n";
  }

  private static String colour(FindingVerdict verdict) {
    return switch (verdict) {
      case FINDING_VERDICT_OK -> "32";
      case FINDING_VERDICT_WARNING -> "33";
      case FINDING_VERDICT_PROBLEM -> "31";
      case FINDING_VERDICT_SKIPPED -> "2";
      default -> "";
    };
  }
}
