package dev.berth.client.stack;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Finds what someone may have meant.
final class Suggestion {
  private static final int LENGTH_MAX = 32;

  private Suggestion() {}

  /// The candidate that is at most two edits (one for words of up to four letters) away from the
  /// word; null when there is none.
  static @Nullable String nearest(String word, List<String> candidates) {
    if (word.length() > LENGTH_MAX) {
      return null;
    }
    String wanted = word.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    String best = null;
    int bestDistance = wanted.length() <= 4 ? 2 : 3;
    for (String candidate : candidates) {
      int distance = distance(wanted, candidate.toLowerCase(Locale.ROOT));
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return best;
  }

  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int substituted = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[other.length()];
  }
}
