package dev.berth.cli.build;

import dev.berth.cli.cluster.Upload;
import dev.berth.cli.copy.DirectoryArchive;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import dev.berth.spec.Printable;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// What is built from, as it is sent.
///
/// @param dockerfile path of the Dockerfile in the context
/// @param text of the Dockerfile, as far as it is known here; else empty
/// @param content writes the context, a tar archive, perhaps compressed
record BuildContext(String dockerfile, String text, Upload.Content content) {
  private static final int DOCKERFILE_MAX = 4 << 20;
  private static final int IGNORE_MAX = 1 << 20;
  private static final int MAGIC_AT = 257;
  private static final int BLOCK = 512;
  private static final String DEFAULT = "Dockerfile";

  /// A Dockerfile that is not in the context gets this name in it.
  private static final String OUTSIDE = ".berth-dockerfile";

  /// A directory of this host.
  ///
  /// @param file as the user gave it: empty, a path, or "-" for the input
  static BuildContext ofDirectory(Terminal terminal, Path directory, String file)
      throws IOException {
    if (!Files.isDirectory(directory)) {
      throw failure(directory + ": there is no such directory");
    }
    Path root = directory.toRealPath();
    Path given = file.isEmpty() ? directory.resolve(DEFAULT) : Path.of(file);
    boolean typed = file.equals("-");
    if (!typed && !Files.isRegularFile(given)) {
      throw failure(given + ": there is no such Dockerfile; -f names another one");
    }
    byte[] text =
        typed
            ? bounded(terminal.in(), "the input", DOCKERFILE_MAX)
            : bounded(given, DOCKERFILE_MAX);
    boolean inside = !typed && given.toRealPath().startsWith(root);
    String name = inside ? root.relativize(given.toRealPath()).toString() : OUTSIDE;
    Map<String, byte[]> more = inside ? Map.of() : Map.of(OUTSIDE, text);
    DirectoryArchive archive =
        new DirectoryArchive(ignored(root, name), why -> Complaint.say(terminal, "not sent", why));
    return new BuildContext(
        name, new String(text, StandardCharsets.UTF_8), out -> archive.write(root, more, out));
  }

  /// The input: an archive as it is, or else a Dockerfile without a context.
  static BuildContext ofInput(Terminal terminal, String file) throws IOException {
    BufferedInputStream in = new BufferedInputStream(terminal.in(), BLOCK);
    in.mark(BLOCK);
    byte[] head = in.readNBytes(BLOCK);
    in.reset();
    if (isArchive(head)) {
      return new BuildContext(
          file.isEmpty() ? DEFAULT : file,
          "",
          out -> {
            long _ = in.transferTo(out);
          });
    }
    if (!file.isEmpty()) {
      throw FailureException.usage("-f: the input is the Dockerfile (expected: one of both)");
    }
    byte[] text = bounded(in, "the input", DOCKERFILE_MAX);
    return new BuildContext(
        DEFAULT,
        new String(text, StandardCharsets.UTF_8),
        out -> DirectoryArchive.writeOnly(Map.of(DEFAULT, text), out));
  }

  private static IgnoreRules ignored(Path root, String dockerfile) throws IOException {
    Path file = root.resolve(".dockerignore");
    List<String> lines =
        Files.isRegularFile(file)
            ? new String(bounded(file, IGNORE_MAX), StandardCharsets.UTF_8).lines().toList()
            : List.of();
    return IgnoreRules.parse(lines, List.of(".dockerignore", dockerfile));
  }

  private static boolean isArchive(byte[] head) {
    return text(head, MAGIC_AT, "ustar")
        || text(head, 0, "\u001f\u008b")
        || text(head, 0, "BZh")
        || text(head, 0, "\u00fd7zXZ");
  }

  private static boolean text(byte[] head, int at, String magic) {
    byte[] bytes = magic.getBytes(StandardCharsets.ISO_8859_1);
    return head.length >= at + bytes.length
        && Arrays.equals(head, at, at + bytes.length, bytes, 0, bytes.length);
  }

  private static byte[] bounded(Path file, int most) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return bounded(in, file.toString(), most);
    }
  }

  private static byte[] bounded(InputStream in, String what, int most) throws IOException {
    byte[] bytes = in.readNBytes(most + 1);
    if (bytes.length > most) {
      throw failure(what + ": has more than " + most + " bytes");
    }
    return bytes;
  }

  private static FailureException failure(String message) {
    return new FailureException(ExitCode.FAILURE, Printable.escape(message));
  }
}
