package dev.berth.cli.image;

import dev.berth.cli.term.FailureException;
import dev.berth.spec.Printable;
import dev.berth.v1.Kind;

/// What an image is for, as options say it.
final class ImageKind {
  private ImageKind() {}

  /// @throws FailureException with exit code 2
  static Kind parse(String kind) {
    return switch (kind) {
      case "container" -> Kind.KIND_CONTAINER;
      case "vm" -> Kind.KIND_VM;
      default ->
          throw FailureException.usage(
              "--kind: value: " + Printable.quote(kind) + " (expected: container or vm)");
    };
  }
}
