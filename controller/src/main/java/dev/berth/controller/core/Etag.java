package dev.berth.controller.core;

import org.jspecify.annotations.Nullable;

/// Opaque versions of stored objects: a piece of the object's identity and its version.
final class Etag {
  private static final int UID_CHARS = 8;

  private Etag() {}

  static String of(String uid, long version) {
    return uid.substring(0, Math.min(UID_CHARS, uid.length())) + "-" + version;
  }

  /// Null when the caller gave none or the present one.
  static @Nullable Refusal check(String given, String present) {
    return given.isEmpty() || given.equals(present)
        ? null
        : new Refusal(
            RefusalCode.ABORTED,
            "etag: value: \"%s\" (expected: \"%s\"); someone else changed it: read it again and repeat"
                .formatted(given, present));
  }
}
