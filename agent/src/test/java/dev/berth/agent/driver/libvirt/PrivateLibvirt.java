package dev.berth.agent.driver.libvirt;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A libvirtd of our own with real QEMU, started and ended by its process id; everything of it is
/// in one directory.
final class PrivateLibvirt implements AutoCloseable {
  private static final Path SCRIPT = Workshop.file("deploy/lib/libvirt-daemon");

  private final Path directory;
  private @Nullable Process daemon;
  private @Nullable URI uri;

  private PrivateLibvirt(Path directory) {
    this.directory = directory;
  }

  /// Why no daemon can be started here; empty when one can.
  static Optional<String> obstacle() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return Optional.of("a private libvirtd needs root");
    }
    return Workshop.missing("libvirtd", "qemu-system-x86_64", "qemu-img", "unshare");
  }

  static PrivateLibvirt start() throws IOException {
    PrivateLibvirt libvirt = new PrivateLibvirt(Files.createTempDirectory(Path.of("/tmp"), "bl"));
    boolean ready = false;
    try {
      libvirt.startDaemon();
      ready = true;
      return libvirt;
    } finally {
      if (!ready) {
        libvirt.close();
      }
    }
  }

  /// Starts libvirtd and waits until it answers.
  void startDaemon() throws IOException {
    Process started =
        new ProcessBuilder(SCRIPT.toString(), directory.resolve("d").toString())
            .redirectError(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
            .start();
    daemon = started;
    BufferedReader out = started.inputReader();
    String line = out.readLine();
    while (line != null && !line.startsWith("READY uri=")) {
      line = out.readLine();
    }
    if (line == null) {
      throw new IOException(
          "libvirtd does not start:\n" + Files.readString(directory.resolve("log")));
    }
    uri = URI.create(line.substring("READY uri=".length()));
  }

  /// Ends libvirtd; machines go on running.
  void stopDaemon() throws InterruptedException {
    Process running = daemon;
    daemon = null;
    if (running != null) {
      running.destroy();
      if (!running.waitFor(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("libvirtd does not end");
      }
    }
  }

  URI uri() {
    URI known = uri;
    if (known == null) {
      throw new IllegalStateException("libvirtd was not started");
    }
    return known;
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() throws IOException {
    try {
      stopDaemon();
      Process cleaning =
          new ProcessBuilder(SCRIPT.toString(), "--stop-all", directory.resolve("d").toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
              .start();
      if (!cleaning.waitFor(60, TimeUnit.SECONDS) || cleaning.exitValue() != 0) {
        throw new IOException(Files.readString(directory.resolve("log")));
      }
      Workshop.remove(directory);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
