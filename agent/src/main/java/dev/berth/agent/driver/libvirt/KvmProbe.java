package dev.berth.agent.driver.libvirt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Tries hardware acceleration: a device file that can be opened proves nothing, so a guest of a
/// few instructions is run, which ends itself. Tried once in an agent's life.
final class KvmProbe {
  private static final Path DEVICE = Path.of("/dev/kvm");
  private static final Duration LIMIT = Duration.ofSeconds(4);
  // isa-debug-exit ends QEMU with 2 * value + 1.
  private static final int ENDED_ITSELF = 33;
  private static final int SECTOR = 512;

  /// What was found.
  sealed interface Verdict {
    /// For the node's facts: "usable", "present but unusable (…)", "absent".
    String words();

    /// A guest ran.
    record Usable() implements Verdict {
      @Override
      public String words() {
        return "usable";
      }
    }

    /// There is a device, but no guest ran.
    record Unusable(String why) implements Verdict {
      @Override
      public String words() {
        return "present but unusable (" + why + ")";
      }
    }

    /// There is no device.
    record Absent() implements Verdict {
      @Override
      public String words() {
        return "absent";
      }
    }
  }

  private final Path directory;
  private final String emulator;
  private @Nullable Verdict verdict;

  /// @param directory for the guest's disk, which is removed again
  /// @param emulator QEMU's program: "qemu-system-x86_64"
  KvmProbe(Path directory, String emulator) {
    this.directory = directory;
    this.emulator = emulator;
  }

  /// Tries it, at most for some seconds, the first time; the same answer afterwards.
  synchronized Verdict verdict() {
    Verdict known = verdict;
    if (known == null) {
      known = Files.exists(DEVICE) ? tried() : new Verdict.Absent();
      verdict = known;
    }
    return known;
  }

  private Verdict tried() {
    if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) {
      return new Verdict.Unusable("it cannot be opened by this user");
    }
    Path disk = null;
    try {
      disk =
          Files.createTempFile(
              directory,
              "kvm-probe",
              "",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(disk, guest());
      return run(disk);
    } catch (IOException e) {
      return new Verdict.Unusable("it could not be tried: " + e.getMessage());
    } finally {
      remove(disk);
    }
  }

  private Verdict run(Path disk) throws IOException {
    Process process =
        new ProcessBuilder(
                List.of(
                    emulator,
                    "-nodefaults",
                    "-no-user-config",
                    "-display",
                    "none",
                    "-machine",
                    "pc,accel=kvm",
                    "-m",
                    "16",
                    "-device",
                    "isa-debug-exit,iobase=0xf4,iosize=0x04",
                    "-drive",
                    "if=ide,format=raw,file=" + disk.toString().replace(",", ",,")))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        return new Verdict.Unusable("a guest hangs");
      }
      int code = process.exitValue();
      return code == ENDED_ITSELF
          ? new Verdict.Usable()
          : new Verdict.Unusable("QEMU ended with exit code " + code);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Verdict.Unusable("it was interrupted when it was tried");
    } finally {
      process.destroyForcibly();
    }
  }

  /// A boot sector: `mov dx, 0xf4; mov al, 16; out dx, al; hlt`, and its signature.
  private static byte[] guest() {
    byte[] sector = new byte[SECTOR];
    byte[] code = {(byte) 0xba, (byte) 0xf4, 0, (byte) 0xb0, 16, (byte) 0xee, (byte) 0xf4};
    System.arraycopy(code, 0, sector, 0, code.length);
    sector[SECTOR - 2] = 0x55;
    sector[SECTOR - 1] = (byte) 0xaa;
    return Arrays.copyOf(sector, SECTOR);
  }

  private static void remove(@Nullable Path disk) {
    if (disk != null) {
      try {
        Files.deleteIfExists(disk);
      } catch (IOException _) {
        // It is a sector, and the directory the agent's own.
      }
    }
  }
}
