package dev.berth.cli.compare;

import dev.berth.v1.Kind;
import dev.berth.v1.WorkloadSpec;

/// One of the things that are compared: the program as one kind.
///
/// @param kind what it runs as
/// @param spec how, on the node that was chosen
record Subject(Kind kind, WorkloadSpec spec) {
  /// The kind, as users write it.
  String name() {
    return name(kind);
  }

  static String name(Kind kind) {
    return switch (kind) {
      case KIND_PROCESS -> "process";
      case KIND_CONTAINER -> "container";
      case KIND_VM -> "vm";
      case KIND_UNSPECIFIED, UNRECOGNIZED -> "unknown";
    };
  }
}
