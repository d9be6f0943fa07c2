package dev.berth.agent.forwarding;

import java.util.ArrayList;
import java.util.List;

/// A change of one rule.
sealed interface FilterChange {
  /// What a filter's program is told.
  List<String> arguments();

  /// A new rule.
  ///
  /// @param position in the chain, from 1; 0: at its end
  record Add(String chain, int position, FilterRule rule) implements FilterChange {
    @Override
    public List<String> arguments() {
      List<String> words =
          new ArrayList<>(
              position == 0
                  ? List.of("-A", chain)
                  : List.of("-I", chain, Integer.toString(position)));
      words.addAll(rule.words());
      return words;
    }
  }

  /// A rule goes.
  record Remove(String chain, FilterRule rule) implements FilterChange {
    @Override
    public List<String> arguments() {
      List<String> words = new ArrayList<>(List.of("-D", chain));
      words.addAll(rule.words());
      return words;
    }
  }
}
