package dev.berth.controller.core;

import java.util.List;

/// An expected "no".
///
/// @param code what kind of refusal
/// @param message for people: what, where, what to do next
/// @param violations fields that are wrong; empty but for INVALID_ARGUMENT
public record Refusal(RefusalCode code, String message, List<FieldViolation> violations) {
  /// A refusal that is not about fields.
  public Refusal(RefusalCode code, String message) {
    this(code, message, List.of());
  }

  /// A refusal because of fields; the message lists them.
  public static Refusal ofFields(List<FieldViolation> violations) {
    String message =
        String.join("; ", violations.stream().map(v -> v.field() + ": " + v.problem()).toList());
    return new Refusal(RefusalCode.INVALID_ARGUMENT, message, List.copyOf(violations));
  }
}
