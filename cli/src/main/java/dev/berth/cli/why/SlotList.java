package dev.berth.cli.why;

import java.util.List;

/// Names of slots in a sentence.
final class SlotList {
  private static final int SHOWN_MAX = 4;

  private SlotList() {}

  /// `web.1`, `web.1 and web.2`, `web.1, web.2, web.3 and 47 more`.
  static String of(List<String> names) {
    if (names.size() == 1) {
      return names.getFirst();
    }
    boolean all = names.size() <= SHOWN_MAX;
    int shown = all ? names.size() - 1 : SHOWN_MAX - 1;
    String last = all ? names.getLast() : names.size() - shown + " more";
    return String.join(", ", names.subList(0, shown)) + " and " + last;
  }
}
