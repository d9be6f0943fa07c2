package dev.berth.e2e.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The command line in a process of its own, with the flags that its script gives it.
public final class Cli {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  private final Map<String, String> environment;

  Cli(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /// A command line without any context or credentials in its environment.
  public static Cli stranger() {
    return new Cli(Map.of("BERTH_CONFIG", "/nonexistent/config.yaml", "BERTH_ADDR", "127.0.0.1:1"));
  }

  /// Runs it to its end.
  public CommandResult run(String... words) {
    return command(words).run();
  }

  /// Runs it and answers its stdout.
  ///
  /// @throws AssertionError when it fails
  public String output(String... words) {
    return command(words).output();
  }

  /// The command, not yet run.
  public Command command(String... words) {
    return Command.of(line(words)).with(environment).within(Duration.ofMinutes(2));
  }

  /// Starts it in the background, for `logs -f` and the like.
  public Daemon start(Path logs, String name, String... words) {
    return Daemon.start(logs, name, line(words), environment);
  }

  /// Starts it in the background, to be typed to: `console` and the like.
  public Daemon startTyped(Path logs, String name, String... words) {
    return Daemon.startTyped(logs, name, line(words), environment);
  }

  /// The same with other environment on top.
  public Cli with(Map<String, String> more) {
    Map<String, String> all = new java.util.TreeMap<>(environment);
    all.putAll(more);
    return new Cli(all);
  }

  private static List<String> line(String... words) {
    Path root = Repository.root();
    Path target = root.resolve("cli/target");
    List<String> all = new ArrayList<>(List.of(JAVA.toString()));
    all.add("@" + root.resolve("deploy/lib/cli.flags"));
    Path cache = target.resolve("berth-cli.aot");
    if (Files.exists(cache)) {
      all.addAll(List.of("-XX:AOTCache=" + cache, "-Xlog:disable"));
    }
    all.addAll(List.of("-jar", target.resolve("berth-cli.jar").toString()));
    all.addAll(List.of(words));
    return all;
  }
}
