package dev.berth.cli.controller;

import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth controller snapshot restore`: hands the file to `berth-controller restore`, since no
/// controller may run meanwhile and etcd's keys are on the controllers' hosts.
@Command(
    description = {
      "Puts a saved state into an empty etcd. Run it on the host of a controller, while none runs;"
          + " then start them.",
      "Agents go on with what they run: epochs are counted on from above all that they have obeyed."
    })
public final class SnapshotRestoreCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(index = "0", paramLabel = "FILE", description = "What 'snapshot save' wrote.")
  private Path file = Path.of("");

  @Option(
      names = "--data-dir",
      required = true,
      paramLabel = "DIR",
      description = "Data directory of this host's controller.")
  private Path dataDir = Path.of("");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration of this host's controller.")
  private String config = "";

  @Option(
      names = "--etcd-endpoints",
      paramLabel = "URL,…",
      description = "Where the empty etcd is; the configuration's unless given.")
  private String endpoints = "";

  /// @param terminal where it reads and writes
  public SnapshotRestoreCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    String root = terminal.environment().getOrDefault("BERTH_ROOT", "");
    if (root.isEmpty()) {
      throw new FailureException(
          ExitCode.FAILURE,
          "BERTH_ROOT is not set: start it as ./berth in a checkout of Berth, or use"
              + " berth-controller restore "
              + file);
    }
    if (!Files.isReadable(file)) {
      throw new FailureException(ExitCode.FAILURE, file + ": cannot be read");
    }
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(root, "deploy", "bin", "berth-controller").toString(),
                "restore",
                file.toAbsolutePath().toString(),
                "--data-dir=" + dataDir.toAbsolutePath()));
    if (!config.isEmpty()) {
      words.add("--config=" + config);
    }
    if (!endpoints.isEmpty()) {
      words.add("--etcd-endpoints=" + endpoints);
    }
    terminal.flush();
    Process process = new ProcessBuilder(words).inheritIO().start();
    try {
      return process.waitFor() == 0 ? ExitCode.OK : ExitCode.FAILURE;
    } catch (InterruptedException _) {
      process.destroy();
      Thread.currentThread().interrupt();
      return ExitCode.FAILURE;
    }
  }
}
