package dev.berth.cli.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The image `berth/demo`, made on the spot from busybox, so that the first steps need no registry.
final class DemoImage {
  static final String NAME = "berth/demo";

  private DemoImage() {}

  /// Imports it into the daemon unless it is there.
  static void provide(DockerEndpoint docker, Path checkout, Progress progress) throws StartFailure {
    try {
      if (docker.hasImage(NAME)) {
        return;
      }
      Path demo = checkout.resolve("deploy").resolve("demo");
      Process process =
          new ProcessBuilder(demo.resolve("build").toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      byte[] archive = process.getInputStream().readAllBytes();
      if (process.waitFor() != 0) {
        throw new StartFailure(
            "demo image: "
                + demo.resolve("build")
                + " failed with exit code "
                + process.exitValue());
      }
      List<String> changes = Files.readAllLines(demo.resolve("image.conf"));
      docker.importImage(NAME, archive, changes);
      progress.note("demo image: " + NAME + " imported");
    } catch (IOException e) {
      throw new StartFailure(
          "demo image: "
              + NAME
              + " cannot be imported into "
              + docker.host()
              + ": "
              + e.getMessage(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("demo image: interrupted", e);
    }
  }
}
