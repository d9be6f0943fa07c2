package dev.berth.cli.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The guest `berth/demo-vm`, made on the spot from the distribution's packages, so that the first
/// steps need no download of an image.
final class DemoVm {
  static final String NAME = "berth/demo-vm";
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(3);
  private static final Duration IMPORT_LIMIT = Duration.ofSeconds(60);

  private final UpSettings settings;

  DemoVm(UpSettings settings) {
    this.settings = settings;
  }

  /// Puts it into the node's image store, once. Without it everything else works, so a failure is
  /// only told.
  void provide(Progress progress) throws InterruptedException {
    DataDir dir = settings.dir();
    if (Files.exists(dir.demoVm())) {
      return;
    }
    progress.note("demo guest: making " + NAME + ", once");
    Path disk = dir.run().resolve("demo-vm.qcow2");
    try {
      tool(
          "images/build",
          List.of(
              settings.checkout().resolve("deploy/images/build").toString(),
              "disk",
              disk.toString()),
          BUILD_LIMIT);
      tool(
          "import-image",
          List.of(
              settings.launcher("berth-agent"),
              "import-image",
              "--data-dir=" + dir.agent(),
              "--name=" + NAME,
              "--file=" + disk),
          IMPORT_LIMIT);
      Files.writeString(dir.demoVm(), NAME + "\n");
      progress.note("demo guest: " + NAME + " imported");
    } catch (StartFailure | IOException e) {
      progress.note("no demo guest " + NAME + ", but other images work: " + e.getMessage());
    } finally {
      remove(disk);
    }
  }

  private void tool(String name, List<String> command, Duration limit)
      throws StartFailure, InterruptedException {
    new Tool(name, command, settings.dir().log("up"), limit).run();
  }

  private static void remove(Path disk) {
    try {
      Files.deleteIfExists(disk);
    } catch (IOException _) {
      // It is in the data directory, and is overwritten the next time.
    }
  }
}
