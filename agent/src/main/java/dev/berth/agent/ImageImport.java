package dev.berth.agent;

import dev.berth.agent.AgentConfig.ConfigException;
import dev.berth.agent.image.ImageException;
import dev.berth.agent.image.ImageStore;
import dev.berth.agent.image.StoredImage;
import dev.berth.spec.VmImages;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What `import-image` is to do: put a file into the node's image store, under a name. A running
/// agent sees it at once.
///
/// @param dataDir of the agent
/// @param name that the image gets
/// @param file its content
/// @param digest SHA-256 that it must have; empty: any
record ImageImport(Path dataDir, String name, Path file, String digest) {
  private static final Logger LOG = LoggerFactory.getLogger(ImageImport.class);
  private static final List<String> KEYS = List.of("data-dir", "name", "file", "sha256");

  static ImageImport parse(List<String> arguments) throws ConfigException {
    Map<String, String> values = new TreeMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      String key = equals < 0 ? argument : argument.substring(0, equals);
      if (equals < 0 || !KEYS.contains(key.replaceFirst("^--", ""))) {
        throw new ConfigException(
            "argument: \"" + argument + "\" (expected: --key=value with one of " + KEYS + ")");
      }
      values.put(key.substring(2), argument.substring(equals + 1));
    }
    String name = required(values, "name");
    String problem = VmImages.isUrl(name) ? "is a URL" : VmImages.problem(name);
    if (problem != null) {
      throw new ConfigException("--name: " + problem);
    }
    String digest = values.getOrDefault("sha256", "");
    String wrong = digest.isEmpty() ? null : VmImages.digestProblem(digest);
    if (wrong != null) {
      throw new ConfigException("--sha256: " + wrong);
    }
    return new ImageImport(
        Path.of(required(values, "data-dir")), name, Path.of(required(values, "file")), digest);
  }

  private static String required(Map<String, String> values, String key) throws ConfigException {
    String value = values.get(key);
    if (value == null || value.isEmpty()) {
      throw new ConfigException("--" + key + ": missing (expected: --" + key + "=…)");
    }
    return value;
  }

  /// Does it.
  ///
  /// @param out gets the digest
  /// @return the exit code
  int run(ImageStore store, PrintStream out) throws IOException {
    try (InputStream content = Files.newInputStream(file)) {
      StoredImage stored = store.add(name, content, digest);
      out.println(stored.digest());
      return 0;
    } catch (ImageException e) {
      LOG.error("{}", e.getMessage());
      return 1;
    }
  }
}
