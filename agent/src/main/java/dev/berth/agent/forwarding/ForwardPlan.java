package dev.berth.agent.forwarding;

import dev.berth.agent.driver.MachineBridge;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What has to be done so that a filter lets the packets of machines through.
///
/// @param closed what does not get through now
/// @param changes what opens it, and takes away rules of ours that nobody needs any more
record ForwardPlan(List<Passage> closed, List<FilterChange> changes) {
  ForwardPlan {
    closed = List.copyOf(closed);
    changes = List.copyOf(changes);
  }

  /// Compares what there is with what machines need. A rule comes after all others of its chain but
  /// the one that ends it: what an operator refuses there stays refused.
  ///
  /// @param tag the comment of our rules
  static ForwardPlan of(FilterTable table, List<MachineBridge> bridges, String tag) {
    List<Passage> closed = new ArrayList<>();
    List<FilterChange> changes = new ArrayList<>(unneeded(table, bridges, tag));
    if (table.dropsForwarded()) {
      String chain = table.place();
      int position = end(table.rules(chain));
      for (Passage passage : Passage.of(bridges)) {
        if (!passage.isOpen(table)) {
          closed.add(passage);
          changes.add(new FilterChange.Add(chain, position, passage.rule(tag)));
        }
      }
    }
    // Positions are those before anything goes.
    return new ForwardPlan(closed, changes.reversed());
  }

  /// Takes all of our rules away.
  static List<FilterChange> clear(FilterTable table, String tag) {
    return unneeded(table, List.of(), tag);
  }

  private static List<FilterChange> unneeded(
      FilterTable table, List<MachineBridge> bridges, String tag) {
    Set<String> needed = new TreeSet<>();
    bridges.forEach(bridge -> needed.add(bridge.name()));
    List<FilterChange> removals = new ArrayList<>();
    table
        .chains()
        .forEach(
            (chain, rules) -> {
              for (FilterRule rule : rules) {
                String bridge = rule.value("-i").or(() -> rule.value("-o")).orElse("");
                if (rule.comment().equals(Optional.of(tag)) && !needed.contains(bridge)) {
                  removals.add(new FilterChange.Remove(chain, rule));
                }
              }
            });
    return removals;
  }

  private static int end(List<FilterRule> rules) {
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).endsChain()) {
        return i + 1;
      }
    }
    return 0;
  }
}
