package dev.berth.agent.forwarding;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One rule of a chain, as `iptables -S` prints it after the chain's name.
///
/// @param words its matches and its target, without quotes
public record FilterRule(List<String> words) {
  private static final Set<String> TARGETS = Set.of("-j", "-g");
  private static final Set<String> ENDS = Set.of("DROP", "REJECT", "RETURN");

  public FilterRule {
    words = List.copyOf(words);
  }

  /// Splits a line as a shell would.
  static List<String> split(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean quoted = false;
    boolean begun = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && quoted && i + 1 < line.length()) {
        i++;
        word.append(line.charAt(i));
      } else if (c == '"') {
        quoted = !quoted;
        begun = true;
      } else if (c == ' ' && !quoted) {
        if (begun) {
          words.add(word.toString());
        }
        word.setLength(0);
        begun = false;
      } else {
        word.append(c);
        begun = true;
      }
    }
    if (begun) {
      words.add(word.toString());
    }
    return words;
  }

  /// Where a packet that fits goes: "ACCEPT", another chain; empty when it only counts.
  public String target() {
    int at = targetAt();
    return at + 1 < words.size() ? words.get(at + 1) : "";
  }

  /// The value of an option that is not negated.
  Optional<String> value(String option) {
    for (int i = 0; i + 1 < targetAt(); i++) {
      if (words.get(i).equals(option) && (i == 0 || !words.get(i - 1).equals("!"))) {
        return Optional.of(words.get(i + 1));
      }
    }
    return Optional.empty();
  }

  /// What a person wrote on it.
  Optional<String> comment() {
    return value("--comment");
  }

  /// What it asks of a packet, without the comment.
  List<String> matches() {
    List<String> matches = new ArrayList<>();
    for (int i = 0; i < targetAt(); i++) {
      boolean comment = words.get(i).equals("--comment");
      boolean module =
          words.get(i).equals("-m") && i + 1 < targetAt() && words.get(i + 1).equals("comment");
      if (comment || module) {
        i++;
      } else {
        matches.add(words.get(i));
      }
    }
    return matches;
  }

  /// Whether no packet gets past it.
  boolean endsChain() {
    return matches().isEmpty() && ENDS.contains(target());
  }

  /// Whether it refuses whatever comes.
  boolean refusesAll() {
    return endsChain() && !target().equals("RETURN");
  }

  private int targetAt() {
    for (int i = 0; i < words.size(); i++) {
      if (TARGETS.contains(words.get(i))) {
        return i;
      }
    }
    return words.size();
  }
}
