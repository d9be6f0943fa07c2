package dev.berth.cli.why;

import dev.berth.cli.term.Ages;
import dev.berth.cli.term.Counts;
import dev.berth.cli.verb.InstanceText;
import dev.berth.spec.Printable;
import dev.berth.v1.Instance;
import dev.berth.v1.NodeRefusal;
import dev.berth.v1.NodeScore;
import dev.berth.v1.PlacementDecision;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The scheduler's decisions in words: blocks of lines, those that wait first. Slots that wait for
/// the same reasons share a block; several slots that have a node are a table.
///
/// @param now what ages count to
/// @param columns of the terminal
record DecisionReport(Instant now, int columns) {
  List<String> blocks(List<PlacementDecision> decisions) {
    Map<PlacementDecision, List<PlacementDecision>> waiting = new LinkedHashMap<>();
    List<PlacementDecision> placed = new ArrayList<>();
    for (PlacementDecision decision : decisions) {
      if (decision.getInstance().getNode().isEmpty()) {
        waiting.computeIfAbsent(reasons(decision), _ -> new ArrayList<>()).add(decision);
      } else {
        placed.add(decision);
      }
    }
    List<String> blocks = new ArrayList<>();
    waiting.values().forEach(same -> blocks.add(waiting(same)));
    if (placed.size() == 1) {
      blocks.add(placed(placed.getFirst()));
    } else if (!placed.isEmpty()) {
      blocks.add(table(placed));
    }
    return blocks;
  }

  private static PlacementDecision reasons(PlacementDecision decision) {
    return decision.toBuilder().clearInstance().clearTime().build();
  }

  private String waiting(List<PlacementDecision> same) {
    PlacementDecision one = same.getFirst();
    List<String> names = same.stream().map(decision -> decision.getInstance().getName()).toList();
    long longest = 0;
    for (PlacementDecision decision : same) {
      long since = InstanceText.entered(decision.getInstance()).getSeconds();
      longest = Math.max(longest, now.getEpochSecond() - since);
    }
    String tried = one.hasTime() ? " (last tried " + Ages.since(one.getTime(), now) + " ago)" : "";
    StringBuilder out = new StringBuilder(SlotList.of(names));
    out.append(names.size() == 1 ? " has" : " have").append(" waited for a node for ");
    out.append(names.size() == 1 ? "" : "up to ").append(Ages.span(longest)).append(tried);
    out.append(outcome(one)).append(".\n");
    // When every node is in a row of its reason, the message could only repeat the rows.
    details(one, allRefused(one) ? "" : one.getMessage(), "makes room by stopping ", out);
    return out.toString();
  }

  private static String outcome(PlacementDecision decision) {
    int nodes = decision.getNodes();
    if (!decision.hasTime()) {
      return ": it was not looked at yet";
    }
    if (decision.getFitting() > 0) {
      return ": " + fitting(decision);
    }
    if (nodes == 0 && decision.getMessage().isEmpty()) {
      return ": the cluster has no node; `berth token create` lets a host join";
    }
    boolean said = !allRefused(decision) && !decision.getMessage().isEmpty();
    return said
        ? ""
        : nodes == 1 ? ": the only node does not fit" : ": none of " + nodes + " nodes fits";
  }

  private static boolean allRefused(PlacementDecision decision) {
    return decision.getNodes() > 0 && refused(decision) >= decision.getNodes();
  }

  private static long refused(PlacementDecision decision) {
    return decision.getRefusalsList().stream().mapToLong(NodeRefusal::getNodes).sum();
  }

  private String placed(PlacementDecision decision) {
    Instance instance = decision.getInstance();
    StringBuilder out = new StringBuilder();
    out.append(Printable.escape(instance.getName() + " is on " + instance.getNode()));
    out.append(" (").append(InstanceText.stateName(instance.getStatus().getState())).append(')');
    if (!decision.hasTime()) {
      return out.append(": placed under an earlier leader, so why is not known.\n").toString();
    }
    out.append(", chosen ").append(Ages.since(decision.getTime(), now)).append(" ago: ");
    out.append(fitting(decision)).append(".\n");
    details(decision, decision.getMessage(), "took the place of ", out);
    return out.toString();
  }

  private void details(
      PlacementDecision decision, String message, String preempting, StringBuilder out) {
    if (!message.isEmpty()) {
      out.append("  ").append(Printable.escape(message)).append('\n');
    }
    if (decision.getPreemptedCount() > 0) {
      out.append("  ").append(preempting);
      out.append(Printable.escape(SlotList.of(decision.getPreemptedList()))).append('\n');
    }
    Columns best = new Columns();
    for (NodeScore node : decision.getBestList()) {
      best.row(node.getNode(), score(node), node.getDetail());
    }
    if (!best.isEmpty()) {
      out.append("  The best, with their scores:\n").append(best.text(false).indent(2));
    }
    if (decision.getRefusalsCount() > 0) {
      out.append(best.isEmpty() ? "" : "  Refused:\n");
      String refusals = RefusalText.of(decision.getRefusalsList(), columns - 2);
      out.append(best.isEmpty() ? refusals : refusals.indent(2));
    }
  }

  private String table(List<PlacementDecision> placed) {
    Columns rows = new Columns();
    rows.row("SLOT", "NODE", "STATE", "CHOSEN", "FITTING", "SCORE", "WHY");
    for (PlacementDecision decision : placed) {
      Instance instance = decision.getInstance();
      boolean known = decision.hasTime();
      String plus = sawAll(decision) ? "" : "+";
      NodeScore chosen = decision.getBestCount() > 0 ? decision.getBest(0) : null;
      rows.row(
          instance.getName(),
          instance.getNode(),
          InstanceText.stateName(instance.getStatus().getState()),
          known ? Ages.since(decision.getTime(), now) + " ago" : "-",
          known ? decision.getFitting() + plus + " of " + decision.getNodes() : "-",
          chosen == null ? "-" : score(chosen),
          known
              ? why(decision, chosen == null ? "" : chosen.getDetail())
              : "under an earlier leader");
    }
    String workload = placed.getFirst().getInstance().getWorkload();
    return Printable.escape(workload)
        + ": "
        + Counts.of(placed.size(), "slot")
        + " with a node; ask for one of them to see its candidates.\n"
        + rows.text(false);
  }

  private static String why(PlacementDecision decision, String detail) {
    return decision.getPreemptedCount() == 0
        ? detail
        : detail + "; took the place of " + SlotList.of(decision.getPreemptedList());
  }

  // The search ends when the best are found: what it did not come to may fit, too.
  private static boolean sawAll(PlacementDecision decision) {
    return decision.getFitting() + refused(decision) >= decision.getNodes();
  }

  private static String fitting(PlacementDecision decision) {
    int fitting = decision.getFitting();
    return (sawAll(decision) ? "" : "at least ")
        + fitting
        + " of "
        + Counts.of(decision.getNodes(), "node")
        + (fitting == 1 ? " fits" : " fit");
  }

  private static String score(NodeScore node) {
    return BigDecimal.valueOf(node.getScore()).setScale(2, RoundingMode.HALF_UP).toPlainString();
  }
}
