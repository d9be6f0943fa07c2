package dev.berth.cli;

import dev.berth.cli.term.Terminal;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The help that needs no verb to be loaded.
final class HelpText {
  private static final int NAME_WIDTH = 12;

  private HelpText() {}

  static void overview(Terminal terminal) {
    StringBuilder text = new StringBuilder(2_048);
    text.append("Usage: berth [OPTIONS] VERB …\n\n");
    text.append("Runs containers on a fleet of hosts, from one control plane.\n");
    for (Verbs.Group group : Verbs.groups()) {
      text.append('\n').append(group.title()).append(":\n");
      list(group.verbs(), text);
    }
    text.append(
        """

        Options, before or after the verb:
          -n, --namespace NAME   namespace (BERTH_NAMESPACE)
          --context NAME         context of the configuration (BERTH_CONTEXT)
          --addr HOST:PORT,…     addresses of the controllers (BERTH_ADDR)
          --ca-cert, --client-cert, --client-key FILE
                                 credentials (BERTH_CACERT, BERTH_CLIENT_CERT, BERTH_CLIENT_KEY)
          --help, --version

        Contexts are in ~/.config/berth/config.yaml. A flag comes before the environment, that before
        the context. Exit codes: 0; 1 it failed; 2 wrong usage; run and wait pass the program's code.
        berth VERB --help says more.
        """);
    terminal.out().append(text);
  }

  static void noun(String path, Verb noun, Terminal terminal) {
    StringBuilder text = new StringBuilder("Usage: ").append(path).append(" VERB …\n\n");
    text.append(noun.summary()).append(".\n\n");
    list(noun.verbs(), text);
    text.append('\n').append(path).append(" VERB --help says more.\n");
    terminal.out().append(text);
  }

  static String names(List<Verb> verbs) {
    return verbs.stream().map(Verb::name).collect(Collectors.joining(", "));
  }

  /// The verb that differs in at most two letters; null when there is none.
  static @Nullable String closest(List<Verb> verbs, String name) {
    String best = null;
    int least = 3;
    for (Verb verb : verbs) {
      int distance = name.length() > 20 ? least : distance(verb.name(), name);
      if (distance < least && distance < verb.name().length()) {
        least = distance;
        best = verb.name();
      }
    }
    return best;
  }

  private static void list(List<Verb> verbs, StringBuilder text) {
    for (Verb verb : verbs) {
      if (verb.name().startsWith("_")) {
        continue;
      }
      text.append("  ").append(verb.name());
      text.repeat(' ', Math.max(1, NAME_WIDTH - verb.name().length()));
      text.append(verb.summary()).append('\n');
    }
  }

  private static int distance(String one, String other) {
    int[] previous = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] row = new int[other.length() + 1];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int change = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1], previous[j]) + 1, previous[j - 1] + change);
      }
      previous = row;
    }
    return previous[other.length()];
  }
}
