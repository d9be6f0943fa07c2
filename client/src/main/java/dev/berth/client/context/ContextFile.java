package dev.berth.client.context;

import dev.berth.client.FileTrouble;
import dev.berth.spec.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The contexts of one user, as kept in `~/.config/berth/config.yaml`.
///
/// @param current name of the context that is meant when none is said; empty: none
/// @param contexts by name
public record ContextFile(String current, SortedMap<String, ContextEntry> contexts) {
  /// No contexts.
  public static final ContextFile EMPTY = new ContextFile("", new TreeMap<>());

  /// Copies the map.
  public ContextFile {
    contexts = Collections.unmodifiableSortedMap(new TreeMap<>(contexts));
  }

  /// Where the file is: `$BERTH_CONFIG`, else `$XDG_CONFIG_HOME/berth/config.yaml`, else
  /// `~/.config/berth/config.yaml`.
  public static Path location(Map<String, String> environment) {
    String said = environment.getOrDefault("BERTH_CONFIG", "");
    if (!said.isEmpty()) {
      return Path.of(said);
    }
    String base = environment.getOrDefault("XDG_CONFIG_HOME", "");
    Path home = Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", "/")));
    Path directory = base.isEmpty() ? home.resolve(".config") : Path.of(base);
    return directory.resolve("berth").resolve("config.yaml");
  }

  /// Reads the file; a missing one is [#EMPTY].
  ///
  /// @throws ContextException when it cannot be read, with line and column
  public static ContextFile load(Path file) throws ContextException {
    try {
      return ContextReader.read(file, Files.readAllBytes(file));
    } catch (NoSuchFileException _) {
      return EMPTY;
    } catch (IOException e) {
      throw new ContextException(file + ": cannot be read: " + FileTrouble.why(e), e);
    }
  }

  /// With this context, which becomes the current one.
  public ContextFile withCurrent(String name, ContextEntry entry) {
    SortedMap<String, ContextEntry> changed = new TreeMap<>(contexts);
    changed.put(name, entry);
    return new ContextFile(name, changed);
  }

  /// Without this context; the same when there is none.
  public ContextFile without(String name) {
    SortedMap<String, ContextEntry> changed = new TreeMap<>(contexts);
    changed.remove(name);
    return new ContextFile(current.equals(name) ? "" : current, changed);
  }

  /// Writes the file with mode 0600, whole or not at all.
  public void save(Path file) throws IOException {
    Path directory = file.toAbsolutePath().resolveSibling("");
    Files.createDirectories(directory);
    var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Path draft = Files.createTempFile(directory, ".config", ".tmp", mode);
    try {
      try (FileChannel channel = FileChannel.open(draft, Set.of(StandardOpenOption.WRITE))) {
        ByteBuffer bytes = ByteBuffer.wrap(text().getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private String text() {
    StringBuilder out = new StringBuilder("# Written by berth; may be changed by hand.\n");
    if (!current.isEmpty()) {
      out.append("current: ").append(quoted(current)).append('\n');
    }
    out.append(contexts.isEmpty() ? "contexts: {}\n" : "contexts:\n");
    contexts.forEach(
        (name, entry) -> {
          out.append("  ").append(quoted(name)).append(":\n");
          line(out, "address", entry.address());
          line(out, "namespace", entry.namespace());
          line(out, "caCert", entry.caCert());
          line(out, "clientCert", entry.clientCert());
          line(out, "clientKey", entry.clientKey());
        });
    return out.toString();
  }

  private static void line(StringBuilder out, String name, String value) {
    if (!value.isEmpty()) {
      out.append("    ").append(name).append(": ").append(quoted(value)).append('\n');
    }
  }

  private static String quoted(String value) {
    if (!Printable.isSafe(value)) {
      throw new IllegalArgumentException(
          "value: " + Printable.quote(value) + " (expected: printable characters)");
    }
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
