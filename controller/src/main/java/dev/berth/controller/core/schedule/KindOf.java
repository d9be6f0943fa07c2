package dev.berth.controller.core.schedule;

import dev.berth.v1.Kind;
import dev.berth.v1.WorkloadSpec;

/// What kind of runtime a spec needs.
public final class KindOf {
  private KindOf() {}

  /// The kind of a spec that was validated.
  public static Kind spec(WorkloadSpec spec) {
    return switch (spec.getRuntimeCase()) {
      case CONTAINER -> Kind.KIND_CONTAINER;
      case VM -> Kind.KIND_VM;
      case PROCESS -> Kind.KIND_PROCESS;
      case RUNTIME_NOT_SET -> Kind.KIND_UNSPECIFIED;
    };
  }
}
