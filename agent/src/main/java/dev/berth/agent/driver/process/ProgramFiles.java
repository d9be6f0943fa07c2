package dev.berth.agent.driver.process;

import dev.berth.agent.driver.CopyCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.port.HostCommands;
import dev.berth.v1.PathKind;
import dev.berth.v1.PathStat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What a program sees on its node, copied with the rights of its user and no more: the node's own
/// tar does it as that user, so that the kernel refuses what the program could not do itself.
///
/// @param start where the program starts, and relative paths with it
/// @param user whom it runs as
/// @param tools tar, and what changes the user
/// @param commands runs short ones
record ProgramFiles(Path start, LaunchScript.As user, Tools tools, HostCommands commands) {
  private static final int KIND_MASK = 0xf000;
  private static final int DIRECTORY = 0x4000;
  private static final int FILE = 0x8000;
  private static final int LINK = 0xa000;
  // The mode and the size in the first line, then where a link leads to.
  private static final String LOOK =
      "stat -c '%f %s' -- \"$1\" || exit; if [ -h \"$1\" ]; then readlink -f -- \"$1\"; fi; true";

  PathStat stat(String path) throws DriverException {
    List<String> words = new ArrayList<>(asUser(Tools.SETPRIV));
    words.addAll(List.of("sh", "-c", LOOK, "sh", absolute(path).toString()));
    HostCommands.Output said;
    try {
      said = commands.run(words);
    } catch (IOException e) {
      throw DriverException.retryable("CopyFailed", String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DriverException.retryable("Interrupted", "the call was interrupted", e);
    }
    String text = said.text().strip();
    if (!said.isGood()) {
      throw refusal(path, text);
    }
    int end = text.indexOf('\n');
    String[] numbers = (end < 0 ? text : text.substring(0, end)).split(" ", -1);
    try {
      Path name = absolute(path).getFileName();
      return PathStat.newBuilder()
          .setName(name == null ? "/" : name.toString())
          .setSizeBytes(Long.parseLong(numbers[1]))
          .setKind(kind(Integer.parseInt(numbers[0], 16)))
          .setLinkTarget(end < 0 ? "" : text.substring(end + 1))
          .build();
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw DriverException.permanent("CopyFailed", path + ": stat said nonsense", e);
    }
  }

  private static PathKind kind(int mode) {
    return switch (mode & KIND_MASK) {
      case FILE -> PathKind.PATH_KIND_FILE;
      case DIRECTORY -> PathKind.PATH_KIND_DIRECTORY;
      case LINK -> PathKind.PATH_KIND_LINK;
      default -> PathKind.PATH_KIND_OTHER;
    };
  }

  CopyCapable.Archive read(String path) throws DriverException {
    PathStat _ = stat(path);
    Path file = absolute(path);
    Path parent = file.getParent();
    Path name = file.getFileName();
    TarRun run =
        parent == null || name == null
            ? start(List.of("-C", "/", "-cf", "-", "--", "."))
            : start(List.of("-C", parent.toString(), "-cf", "-", "--", name.toString()));
    run.endInput();
    return run;
  }

  void write(String directory, boolean keepOwners, InputStream archive)
      throws DriverException, IOException {
    PathStat at = stat(directory);
    if (at.getKind() != PathKind.PATH_KIND_DIRECTORY && at.getKind() != PathKind.PATH_KIND_LINK) {
      throw DriverException.permanent("CopyFailed", directory + ": is no directory", null);
    }
    try (TarRun run =
        start(
            List.of(
                "-C",
                absolute(directory).toString(),
                "-xpf",
                "-",
                // Others than root may give files to nobody.
                keepOwners && user.user().name().equals("root")
                    ? "--same-owner"
                    : "--no-same-owner"))) {
      run.take(archive);
      String problem = run.awaitEnd();
      if (!problem.isEmpty()) {
        throw refusal(directory, problem);
      }
    }
  }

  private TarRun start(List<String> options) throws DriverException {
    List<String> words =
        new ArrayList<>(asUser(tools.paths().getOrDefault(Tools.SETPRIV, Tools.SETPRIV)));
    words.add(tools.paths().getOrDefault(Tools.TAR, Tools.TAR));
    words.addAll(options);
    try {
      return TarRun.start(words);
    } catch (IOException e) {
      throw DriverException.permanent(
          "ToolMissing", "tar cannot be run on this node: " + e.getMessage(), e);
    }
  }

  private List<String> asUser(String setpriv) {
    ProcessUser who = user.user();
    return user.change()
        ? List.of(
            setpriv, "--reuid=" + who.uid(), "--regid=" + who.gid(), who.groups(), "--no-new-privs")
        : List.of();
  }

  private Path absolute(String path) {
    return start.resolve(path);
  }

  private static DriverException refusal(String path, String words) {
    String first = words.lines().findFirst().orElse("it failed");
    return first.contains("No such file or directory")
        ? DriverException.permanent(CopyCapable.NO_SUCH_PATH, "there is nothing at " + path, null)
        : DriverException.permanent("CopyFailed", first, null);
  }
}
