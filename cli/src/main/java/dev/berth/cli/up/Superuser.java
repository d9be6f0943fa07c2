package dev.berth.cli.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whether this process may do what only root may.
final class Superuser {
  private Superuser() {}

  static boolean isMe() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException e) {
      return false;
    }
  }
}
