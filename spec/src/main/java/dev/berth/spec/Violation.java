package dev.berth.spec;

/// One thing that is wrong with a message.
///
/// @param fieldPath where, as a path below the message that was checked: `ports[0].target`
/// @param problem what, and what was expected: `value: 0 (expected: 1 to 65535)`
public record Violation(String fieldPath, String problem) {
  @Override
  public String toString() {
    return fieldPath + ": " + problem;
  }
}
