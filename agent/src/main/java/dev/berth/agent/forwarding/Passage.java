package dev.berth.agent.forwarding;

import dev.berth.agent.driver.MachineBridge;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// One direction of what machines on a bridge say and hear.
///
/// @param bridge over which
/// @param out from the host to the bridge; else from the bridge
record Passage(MachineBridge bridge, boolean out) {
  private static final List<String> ANSWERS =
      List.of("-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED");
  // libvirt's own rules name the addresses of its network as well.
  private static final String LIBVIRTS_CHAINS = "LIBVIRT_";
  private static final Set<String> ADDRESSES = Set.of("-s", "-d");

  static List<Passage> of(List<MachineBridge> bridges) {
    List<Passage> all = new ArrayList<>();
    for (MachineBridge bridge : bridges) {
      all.add(new Passage(bridge, false));
      all.add(new Passage(bridge, true));
    }
    return all;
  }

  /// The rule that lets it through.
  ///
  /// @param comment by which the rule is found again
  FilterRule rule(String comment) {
    List<String> words = new ArrayList<>(List.of(option(), bridge.name()));
    if (answersOnly()) {
      words.addAll(ANSWERS);
    }
    words.addAll(List.of("-m", "comment", "--comment", comment, "-j", "ACCEPT"));
    return new FilterRule(words);
  }

  private String option() {
    return out ? "-o" : "-i";
  }

  private boolean answersOnly() {
    return out && bridge.reach() == MachineBridge.Reach.MACHINES;
  }

  /// Whether it gets through already, by whoever's rules.
  boolean isOpen(FilterTable table) {
    return table.passed().stream()
        .anyMatch(chain -> table.rules(chain).stream().anyMatch(rule -> isOpenedBy(rule, chain)));
  }

  private boolean isOpenedBy(FilterRule rule, String chain) {
    if (!rule.target().equals("ACCEPT")) {
      return false;
    }
    List<String> left = new ArrayList<>(rule.matches());
    int at = left.indexOf(option());
    if (at >= 0 && at + 1 < left.size() && (at == 0 || !left.get(at - 1).equals("!"))) {
      if (!fits(left.get(at + 1))) {
        return false;
      }
      left.subList(at, at + 2).clear();
    }
    if (chain.startsWith(LIBVIRTS_CHAINS)) {
      removeAddresses(left);
    }
    return left.isEmpty() || (answersOnly() && isAnswers(left));
  }

  private boolean fits(String name) {
    return name.endsWith("+")
        ? bridge.name().startsWith(name.substring(0, name.length() - 1))
        : bridge.name().equals(name);
  }

  private static void removeAddresses(List<String> words) {
    for (int i = 0; i + 1 < words.size(); ) {
      if (ADDRESSES.contains(words.get(i)) && (i == 0 || !words.get(i - 1).equals("!"))) {
        words.subList(i, i + 2).clear();
      } else {
        i++;
      }
    }
  }

  private static boolean isAnswers(List<String> words) {
    return words.size() == 4
        && words.get(0).equals("-m")
        && Set.of("--ctstate", "--state").contains(words.get(2))
        && List.of(words.get(3).split(",", -1)).containsAll(List.of("RELATED", "ESTABLISHED"));
  }

  /// "from br0", "to br0".
  @Override
  public String toString() {
    return (out ? "to " : "from ") + bridge.name();
  }
}
