package dev.berth.spec;

import org.jspecify.annotations.Nullable;

/// A slot as users name it: `web.2`.
///
/// @param workload name of the workload, by the grammar of workload names
/// @param slot index, 1 to 10000
public record SlotName(String workload, int slot) {
  /// The highest slot there can be.
  public static final int MAX_SLOT = 10_000;

  /// Reads `web.2`; null when the text is not the name of a slot.
  public static @Nullable SlotName parse(String text) {
    int dot = text.lastIndexOf('.');
    String digits = text.substring(dot + 1);
    if (dot < 1 || digits.isEmpty() || digits.length() > 5 || digits.startsWith("0")) {
      return null;
    }
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
        return null;
      }
    }
    int slot = Integer.parseInt(digits);
    String workload = text.substring(0, dot);
    return slot <= MAX_SLOT && Names.workloadProblem(workload) == null
        ? new SlotName(workload, slot)
        : null;
  }

  @Override
  public String toString() {
    return Names.slotName(workload, slot);
  }
}
