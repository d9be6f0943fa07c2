package dev.berth.agent.forwarding;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The filter table of one packet filter.
///
/// @param policies what happens at the end of the kernel's own chains, by chain
/// @param chains the rules, by chain
public record FilterTable(
    SortedMap<String, String> policies, SortedMap<String, List<FilterRule>> chains) {
  /// Everything that is forwarded passes it.
  public static final String FORWARD = "FORWARD";

  /// Docker's, for rules that are not Docker's own: it is passed first, and Docker leaves it alone.
  public static final String DOCKER_USER = "DOCKER-USER";

  public FilterTable {
    policies = Collections.unmodifiableSortedMap(new TreeMap<>(policies));
    chains = Collections.unmodifiableSortedMap(new TreeMap<>(chains));
  }

  /// Reads what `iptables -S` printed, whichever flavour it is.
  public static FilterTable parse(String text) {
    SortedMap<String, String> policies = new TreeMap<>();
    SortedMap<String, List<FilterRule>> chains = new TreeMap<>();
    for (String line : text.lines().toList()) {
      List<String> words = FilterRule.split(line);
      if (words.size() < 2) {
        continue;
      }
      List<FilterRule> chain;
      switch (words.getFirst()) {
        case "-P" -> {
          policies.put(words.get(1), words.getLast());
          chain = chains.computeIfAbsent(words.get(1), _ -> new ArrayList<>());
        }
        case "-N" -> chain = chains.computeIfAbsent(words.get(1), _ -> new ArrayList<>());
        case "-A" -> {
          chain = chains.computeIfAbsent(words.get(1), _ -> new ArrayList<>());
          chain.add(new FilterRule(words.subList(2, words.size())));
        }
        default -> {
          // A remark, such as that there are tables of the other flavour too.
        }
      }
    }
    return new FilterTable(policies, chains);
  }

  /// The rules of a chain; none when it is not there.
  public List<FilterRule> rules(String chain) {
    return chains.getOrDefault(chain, List.of());
  }

  /// Whether what is forwarded, and nobody accepts, is refused.
  public boolean dropsForwarded() {
    return "DROP".equals(policies.get(FORWARD))
        || rules(FORWARD).stream().anyMatch(FilterRule::refusesAll);
  }

  /// Whether Docker works with it.
  public boolean isDockers() {
    return chains.keySet().stream().anyMatch(name -> name.startsWith("DOCKER"));
  }

  /// Where rules that let packets through belong.
  public String place() {
    boolean passed = rules(FORWARD).stream().anyMatch(rule -> rule.target().equals(DOCKER_USER));
    return passed ? DOCKER_USER : FORWARD;
  }

  /// All that is passed by what is forwarded, as far as it depends on no other match.
  List<String> passed() {
    List<String> passed = new ArrayList<>(List.of(FORWARD));
    for (FilterRule rule : rules(FORWARD)) {
      if (rule.matches().isEmpty() && chains.containsKey(rule.target())) {
        passed.add(rule.target());
      }
    }
    return passed;
  }
}
