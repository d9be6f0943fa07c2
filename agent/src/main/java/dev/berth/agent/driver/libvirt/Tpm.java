package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.DriverException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;

/// The program that emulates a machine's TPM, started by the hypervisor with each machine that has
/// one.
final class Tpm {
  private static final String PROGRAM = "swtpm";

  private Tpm() {}

  /// Whether it is on this node.
  static boolean isInstalled() {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String directory :
        (path + File.pathSeparator + "/usr/bin").split(File.pathSeparator, -1)) {
      if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, PROGRAM))) {
        return true;
      }
    }
    return false;
  }

  static DriverException missing() {
    return DriverException.permanent(
        "TpmMissing",
        "vm.tpm: this node has no swtpm, which emulates it; install it (Debian's packages swtpm and"
            + " swtpm-tools), or leave it out",
        null);
  }
}
