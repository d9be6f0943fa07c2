package dev.berth.agent.driver.libvirt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What daemons of tests are made with.
final class Workshop {
  private Workshop() {}

  /// A file of the repository, whichever of its directories is ours.
  static Path file(String path) {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.exists(here.resolve(path))) {
      Path above = here.getParent();
      if (above == null) {
        throw new IllegalStateException(path + ": not above " + Path.of("").toAbsolutePath());
      }
      here = above;
    }
    return here.resolve(path);
  }

  /// What to say when one of these programs is not installed; empty when all are.
  static Optional<String> missing(String... programs) {
    for (String program : programs) {
      if (Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
          .noneMatch(place -> Files.isExecutable(Path.of(place, program)))) {
        return Optional.of(program + " is not installed (deploy/bootstrap --with-vm)");
      }
    }
    return Optional.empty();
  }

  /// Removes a directory with all that is in it.
  static void remove(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(directory)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.deleteIfExists(each);
    }
  }
}
