package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.DriverException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Makes disks with qemu-img. Formats are always said, never guessed.
final class QemuImg {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration FLATTEN_LIMIT = Duration.ofHours(6);
  private static final int OUTPUT_MAX = 4096;

  private QemuImg() {}

  /// A disk over an image, which is not written to.
  ///
  /// @param sizeBytes 0: the image's
  static void overlay(Path disk, MachinePlan.Base base, long sizeBytes) throws DriverException {
    List<String> words = new ArrayList<>(List.of("create", "-q", "-f", "qcow2"));
    words.addAll(List.of("-F", base.format(), "-b", base.file().toString(), disk.toString()));
    if (sizeBytes > 0) {
      words.add(Long.toString(sizeBytes));
    }
    run(words);
  }

  /// An empty disk.
  static void empty(Path disk, long sizeBytes) throws DriverException {
    run(List.of("create", "-q", "-f", "qcow2", disk.toString(), Long.toString(sizeBytes)));
  }

  /// Puts a disk that nobody has open back to a snapshot in it.
  static void revert(Path disk, String snapshot) throws DriverException {
    String image =
        "driver=qcow2,file.driver=file,file.filename=" + disk.toString().replace(",", ",,");
    run(List.of("snapshot", "-q", "-a", snapshot, "--image-opts", image));
  }

  /// Makes a disk that stands alone of one over its image; snapshots in it are left out. An
  /// interruption ends it.
  static void flatten(Path disk, Path whole) throws DriverException {
    Path said = whole.resolveSibling(whole.getFileName() + ".log");
    try {
      Process process =
          new ProcessBuilder(
                  "qemu-img",
                  "convert",
                  "-q",
                  "-f",
                  "qcow2",
                  "-O",
                  "qcow2",
                  disk.toString(),
                  whole.toString())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      try {
        process.getOutputStream().close();
        if (!process.waitFor(FLATTEN_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
          throw DriverException.retryable(
              "DiskFailed", "qemu-img did not end within " + FLATTEN_LIMIT.toHours() + " h", null);
        }
        if (process.exitValue() != 0) {
          String words = Files.readString(said);
          throw DriverException.retryable(
              "DiskFailed", words.substring(0, Math.min(OUTPUT_MAX, words.length())).strip(), null);
        }
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw DriverException.retryable("DiskFailed", "qemu-img: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DriverException.retryable("Interrupted", "it was not wanted any more", e);
    } finally {
      try {
        Files.deleteIfExists(said);
      } catch (IOException _) {
        // It goes with the machine.
      }
    }
  }

  private static void run(List<String> words) throws DriverException {
    List<String> command = new ArrayList<>(List.of("qemu-img"));
    command.addAll(words);
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
    } catch (IOException e) {
      throw DriverException.permanent(
          "QemuImgMissing",
          "qemu-img cannot be run: " + e.getMessage() + "; install it (Debian's qemu-utils)",
          e);
    }
    try {
      String output =
          new String(process.getInputStream().readNBytes(OUTPUT_MAX), StandardCharsets.UTF_8);
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw DriverException.retryable(
            "DiskFailed", "qemu-img did not end within " + LIMIT.toSeconds() + " s", null);
      }
      if (process.exitValue() != 0) {
        throw DriverException.retryable("DiskFailed", output.strip(), null);
      }
    } catch (IOException e) {
      throw DriverException.retryable("DiskFailed", "qemu-img: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DriverException.retryable("Interrupted", "it was not wanted any more", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
