package dev.berth.cli.up;

import dev.berth.cli.term.Terminal;
import dev.berth.client.context.ContextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `berth down`.
@Command(
    name = "down",
    description = {
      "Stops the one-machine cluster of this host: its containers, virtual machines and processes,"
          + " agent, controller, etcd, and a Docker daemon and a libvirt that berth up started.",
      "Leaves nothing behind but the data directory, with which berth up finds its workloads again."
    })
public final class DownCommand implements Callable<Integer> {
  private static final Duration SUPERVISOR_LIMIT = Duration.ofMinutes(4);

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      defaultValue = "",
      description =
          "Where berth up was told that everything lies (BERTH_DATA_DIR; default:"
              + " ~/.local/share/berth).")
  private String dataDir = "";

  @Option(
      names = "--keep-workloads",
      description =
          "Leaves containers, virtual machines and processes running, unless their Docker daemon"
              + " or libvirt is Berth's own.")
  private boolean keepWorkloads;

  private final Terminal terminal;

  /// @param terminal of the user
  public DownCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    try {
      DataDir dir = DataDir.choose(dataDir, terminal.environment());
      if (!Files.exists(dir.settings()) && !Files.exists(dir.processes())) {
        terminal.say("Berth does not run here (data directory " + dir.root() + ").");
        return 0;
      }
      if (keepWorkloads) {
        Files.writeString(dir.keepWorkloads(), "");
      }
      boolean asked = stopSupervisor(dir);
      return stopRest(dir, asked);
    } catch (StartFailure | IOException e) {
      terminal.say("berth down: " + e.getMessage());
      return 1;
    }
  }

  /// True when a supervisor ran and has ended.
  private boolean stopSupervisor(DataDir dir) throws IOException, InterruptedException {
    Optional<ProcessRef> supervisor =
        ProcessTable.load(dir.processes()).running(Members.SUPERVISOR);
    if (supervisor.isEmpty()) {
      return false;
    }
    terminal.say("stopping the cluster …");
    if (!supervisor.get().stop(SUPERVISOR_LIMIT)) {
      terminal.say(
          "the supervisor did not end within "
              + SUPERVISOR_LIMIT.toMinutes()
              + " min and was killed");
    }
    return true;
  }

  /// Clears up what a supervisor did not, because it was killed.
  private int stopRest(DataDir dir, boolean asked)
      throws StartFailure, IOException, InterruptedException {
    Optional<RunLock> lock = RunLock.tryTake(dir.lock());
    if (lock.isEmpty()) {
      throw new StartFailure("another berth up or down works in " + dir.root() + "; wait for it");
    }
    try (RunLock _ = lock.get()) {
      Optional<UpSettings> settings = UpSettings.load(dir);
      boolean clean = true;
      if (settings.isPresent()) {
        if (!asked) {
          terminal.say("the supervisor was killed; ending what it left");
        }
        LocalAccess access =
            new LocalAccess(settings.get(), ContextFile.location(terminal.environment()));
        clean =
            new Shutdown(access, ProcessTable.load(dir.processes()), terminal::say)
                .run(keepWorkloads);
      }
      terminal.say(
          clean
              ? "Berth is down. Its data stays in " + dir.root()
              : "Berth is down, but not all went well: see above.");
      return clean ? 0 : 1;
    }
  }
}
