package dev.berth.e2e.harness;

import java.nio.file.Files;
import java.nio.file.Path;

/// The checkout that is tested.
public final class Repository {
  private Repository() {}

  /// The directory of the checkout: the first above the working directory with the contract in it.
  public static Path root() {
    Path here = Path.of("").toAbsolutePath();
    for (Path path = here; path != null; path = path.getParent()) {
      if (Files.isDirectory(path.resolve("proto/src/main/proto/berth/v1"))) {
        return path;
      }
    }
    throw new IllegalStateException("not inside a checkout of Berth: " + here);
  }
}
