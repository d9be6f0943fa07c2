package dev.berth.agent.driver.libvirt;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A Xen host of our own, inside an emulator that is started and ended by its process id;
/// everything of it is in one directory.
final class PrivateXen implements AutoCloseable {
  private static final String SCRIPT = "tools/xen/run";
  private static final Pattern READY =
      Pattern.compile("READY uri=(\\S+) share=(\\S+) built=(\\S+)");

  private final Path directory;
  private @Nullable Process process;
  private @Nullable Matcher ready;

  private PrivateXen(Path directory) {
    this.directory = directory;
  }

  /// Why none can be started here; empty when one can.
  static Optional<String> obstacle() {
    if (!System.getProperty("os.arch", "").equals("amd64")) {
      return Optional.of("the emulated Xen host is for amd64 only");
    }
    return Workshop.missing("qemu-system-x86_64", "setpriv", "cpio", "modprobe");
  }

  /// Starts one and waits until its libvirtd answers. The first time its parts are made.
  static PrivateXen start() throws IOException {
    PrivateXen xen = new PrivateXen(Files.createTempDirectory(Path.of("/tmp"), "bx"));
    boolean begun = false;
    try {
      xen.launch();
      begun = true;
      return xen;
    } finally {
      if (!begun) {
        xen.close();
      }
    }
  }

  private void launch() throws IOException {
    Path log = directory.resolve("log");
    Process started =
        new ProcessBuilder(Workshop.file(SCRIPT).toString(), directory.toString())
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    process = started;
    BufferedReader out = started.inputReader();
    String line = out.readLine();
    Matcher matcher = READY.matcher(line == null ? "" : line);
    if (!matcher.matches()) {
      throw new IOException("the Xen host does not start:\n" + Files.readString(log));
    }
    ready = matcher;
  }

  private String said(int group) {
    Matcher known = ready;
    if (known == null) {
      throw new IllegalStateException("it was not started");
    }
    return known.group(group);
  }

  URI uri() {
    return URI.create(said(1));
  }

  /// The directory that has the same path and files inside the host.
  Path share() {
    return Path.of(said(2));
  }

  /// Where its xenconsoled keeps what guests write.
  Path consoles() {
    return share().resolve("consoles");
  }

  /// A kernel for guests.
  Path kernel() {
    return Path.of(said(3), "vmlinuz");
  }

  /// The initial RAM disk of a guest that says it is ready; with "end" on its kernel's command line
  /// it ends at once.
  Path initrd() {
    return Path.of(said(3), "guest-initrd");
  }

  @Override
  public void close() throws IOException {
    try {
      Process running = process;
      if (running != null) {
        running.destroy();
        if (!running.waitFor(30, TimeUnit.SECONDS)) {
          running.destroyForcibly();
          throw new IOException("the Xen host had to be killed");
        }
      }
      Workshop.remove(directory);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
