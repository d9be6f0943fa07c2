package dev.berth.agent.driver.process;

import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessRoot;
import dev.berth.v1.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A root file system of one program that is many: Debian's busybox-static.
final class SmallRoot {
  static final Path BUSYBOX = Path.of("/bin/busybox");
  static final List<String> PROGRAMS =
      List.of(
          "sh", "sleep", "cat", "ls", "id", "touch", "rm", "stat", "mount", "umount", "chroot",
          "mkdir", "ps", "yes", "head", "chmod", "grep", "env", "mknod", "kill", "true", "stty");
  static final String PASSWD = "root:x:0:0:r:/root:/bin/sh\nsailor:x:4321:4322:s:/sea:/bin/sh\n";
  static final String GROUP = "root:x:0:\ncrew:x:4323:sailor,other\nship:x:4324:sailor\n";

  private SmallRoot() {}

  /// Why there can be none here; empty: there can.
  static Optional<String> obstacle() {
    if (!System.getProperty("user.name").equals("root")) {
      return Optional.of("only root can give a process a root file system");
    }
    return Files.isExecutable(BUSYBOX) && isStatic()
        ? Optional.empty()
        : Optional.of("busybox-static is not installed");
  }

  private static boolean isStatic() {
    try {
      byte[] head = new byte[4096];
      try (var in = Files.newInputStream(BUSYBOX)) {
        var _ = in.readNBytes(head, 0, head.length);
      }
      return !new String(head, java.nio.charset.StandardCharsets.ISO_8859_1).contains("/ld-linux");
    } catch (IOException _) {
      return false;
    }
  }

  /// Makes it.
  static Path make(Path root) throws IOException {
    Path bin = Files.createDirectories(root.resolve("bin"));
    Files.copy(BUSYBOX, bin.resolve("busybox"));
    for (String program : PROGRAMS) {
      Files.createSymbolicLink(bin.resolve(program), Path.of("busybox"));
    }
    Path etc = Files.createDirectories(root.resolve("etc"));
    Files.writeString(etc.resolve("passwd"), PASSWD);
    Files.writeString(etc.resolve("group"), GROUP);
    Files.writeString(etc.resolve("hosts"), "127.0.0.1 of-the-root\n");
    return root;
  }

  /// Lets a program have a directory as its root.
  static ProcessSpec.Builder in(Path root, ProcessSpec.Builder process) {
    return process
        .setIsolation(ProcessIsolation.PROCESS_ISOLATION_ROOTFS)
        .setRoot(ProcessRoot.newBuilder().setDirectory(root.toString()));
  }
}
