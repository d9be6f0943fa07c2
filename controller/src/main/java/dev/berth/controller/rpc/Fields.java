package dev.berth.controller.rpc;

import dev.berth.controller.core.FieldViolation;
import dev.berth.controller.core.Refusal;
import dev.berth.spec.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Refuses requests whose fields are wrong, before anyone else hears of them.
final class Fields {
  private Fields() {}

  /// @param problem null: nothing is wrong
  /// @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT
  static void require(String field, @Nullable String problem) {
    if (problem != null) {
      throw StatusMapper.badField(field, problem);
    }
  }

  /// @param before what their paths are below: "volume."
  /// @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT, with all of them
  static void require(String before, List<Violation> violations) {
    if (!violations.isEmpty()) {
      throw StatusMapper.exception(
          Refusal.ofFields(
              violations.stream()
                  .map(each -> new FieldViolation(before + each.fieldPath(), each.problem()))
                  .toList()));
    }
  }
}
