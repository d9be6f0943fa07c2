package dev.berth.agent.driver.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Finds an instance's processes where there are no cgroups: by the variable that each inherits.
/// One that takes it out of its environment is not found.
///
/// @param proc the kernel's `/proc`
/// @param mark "BERTH_INSTANCE=…"
record MarkedTree(Path proc, String mark) implements ProcessTree {
  private static final int ENVIRONMENT_MAX = 1 << 20;

  @Override
  public List<Long> pids() throws IOException {
    List<Long> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path each : all) {
        if (isMarked(each)) {
          found.add(Long.parseLong(each.getFileName().toString()));
        }
      }
    }
    return found;
  }

  private boolean isMarked(Path process) {
    try (InputStream in = Files.newInputStream(process.resolve("environ"))) {
      String environment = new String(in.readNBytes(ENVIRONMENT_MAX), StandardCharsets.ISO_8859_1);
      return Arrays.asList(environment.split("\0", -1)).contains(mark);
    } catch (IOException _) {
      return false; // another user's, or gone
    }
  }

  @Override
  public void kill() throws IOException {
    for (long pid : pids()) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }
}
