package dev.berth.cli.testing;

import dev.berth.client.context.ContextFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Makes the cache that lets `berth` start fast: runs the packaged command, with the JVM's flags of
/// every day, against a fake cluster. The build starts this from source, after packaging.
///
/// A cache is only used with the class path, the flags and the JDK that it was made with.
public final class StartCacheTraining {
  private static final List<String> COMMAND_LINES =
      List.of(
          "--help",
          "ps",
          "ps -a -o wide",
          "ps -q --filter state=running",
          "node ls",
          "events",
          "logs web.1",
          "stop --no-wait web",
          "ps -o json",
          "ps --help",
          "version",
          "no-such-verb");
  private static final long LIMIT_SECONDS = 120;

  private StartCacheTraining() {}

  /// Arguments: the packaged command, the file with the JVM's flags, the cache to make.
  public static void main(String[] arguments)
      throws IOException, GeneralSecurityException, InterruptedException {
    Path jar = Path.of(arguments[0]).toAbsolutePath();
    Path flags = Path.of(arguments[1]).toAbsolutePath();
    Path cache = Path.of(arguments[2]).toAbsolutePath();
    modernise(jar.resolveSibling("lib"));
    Path directory = Files.createTempDirectory("berth-training");
    int exitCode = 1;
    try (FakeCluster cluster = new FakeCluster(directory)) {
      Samples.fill(cluster);
      Path config = directory.resolve("config.yaml");
      ContextFile.EMPTY.withCurrent("fake", cluster.context()).save(config);
      Process process = start(config, directory, jar, flags, cache);
      if (process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        exitCode = process.exitValue();
      } else {
        process.destroyForcibly().waitFor();
      }
    }
    if (exitCode != 0 || !Files.isReadable(cache)) {
      // Without the cache everything works, only slower: no reason to fail the build.
      System.err.println("berth: no start-up cache was made; the training said:");
      System.err.println(Files.readString(directory.resolve("log")));
    }
    delete(directory);
    System.exit(0);
  }

  private static void modernise(Path libraries) throws IOException {
    try (Stream<Path> files = Files.list(libraries)) {
      for (Path file : files.filter(name -> name.toString().contains("/picocli-")).toList()) {
        ModernClasses.rewrite(file);
      }
    }
  }

  private static Process start(Path config, Path directory, Path jar, Path flags, Path cache)
      throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>();
    command.add(java);
    command.add("@" + flags);
    command.add("-XX:AOTCacheOutput=" + cache);
    command.add("-cp");
    command.add(jar.toString());
    command.add("dev.berth.cli.Rehearsal");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile());
    // As for a user: the cluster is that of the current context.
    builder.environment().keySet().removeIf(name -> name.startsWith("BERTH_"));
    builder.environment().put("BERTH_CONFIG", config.toString());
    Process process = builder.start();
    process
        .outputWriter(StandardCharsets.UTF_8)
        .append(String.join("\n", COMMAND_LINES))
        .append('\n')
        .close();
    return process;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
