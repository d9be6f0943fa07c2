package dev.berth.e2e.harness;

import java.nio.file.Path;
import java.time.Duration;

/// The disk of the demo guest, berth/demo-vm.
public final class DemoDisk {
  /// The name that it gets in image stores.
  public static final String IMAGE = "berth/demo-vm";

  // The first time its kernel is downloaded.
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(3);

  private DemoDisk() {}

  /// Builds it into a directory of the test.
  public static Path build(WorkDirectory work) {
    Path disk = work.directory("image").resolve("demo-vm.qcow2");
    String build = Repository.root().resolve("deploy/images/build").toString();
    var _ = Command.of(build, "disk", disk.toString()).within(BUILD_LIMIT).output();
    return disk;
  }
}
