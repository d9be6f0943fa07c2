package dev.berth.cli.run;

import dev.berth.cli.term.FailureException;
import dev.berth.spec.Printable;
import dev.berth.v1.Mount;
import java.util.List;

/// `-v`: `/on/the/node:/inside`, `volume:/inside:ro`.
final class MountArgument {
  private MountArgument() {}

  static Mount parse(String text) {
    List<String> parts = List.of(text.split(":", -1));
    if (parts.size() < 2 || parts.size() > 3 || parts.getFirst().isEmpty()) {
      throw wrong(text);
    }
    Mount.Builder mount = Mount.newBuilder().setTarget(parts.get(1));
    String source = parts.getFirst();
    if (source.startsWith("/")) {
      mount.setHostPath(source);
    } else if (source.startsWith(".") || source.startsWith("~")) {
      throw wrong(text);
    } else {
      mount.setVolume(source);
    }
    if (parts.size() == 3) {
      switch (parts.get(2)) {
        case "ro" -> mount.setReadOnly(true);
        case "rw" -> mount.setReadOnly(false);
        default -> throw wrong(text);
      }
    }
    return mount.build();
  }

  private static FailureException wrong(String text) {
    return FailureException.usage(
        "-v: value: "
            + Printable.quote(text)
            + " (expected: /absolute/path/on/the/node:/inside or volume:/inside, and :ro)");
  }
}
