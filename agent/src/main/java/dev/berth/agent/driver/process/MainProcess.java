package dev.berth.agent.driver.process;

import dev.berth.agent.driver.CgroupCounters;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.PauseCapable;
import dev.berth.agent.port.HostCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/// Signals for the program of an instance, and for nothing else of it.
///
/// @param host where it runs
/// @param commands sends them
record MainProcess(HostProcesses host, HostCommands commands) {
  private static final String NUMBERS = "NSpid:";
  private static final String PARENT = "PPid:";

  /// Sends a signal to the program.
  ///
  /// @param namespaced all processes of the instance, when it has numbers of its own for them
  void signal(RunNote run, Optional<ProcessTree> namespaced, int signal)
      throws IOException, DriverException {
    long pid = run.program().pid();
    if (namespaced.isPresent()) {
      // What waits for it is no program of the user's: it gets nothing.
      pid = firstBelow(pid, namespaced.get().pids()).orElseThrow(MainProcess::justEnded);
    }
    // A number alone may be another's by now; with the carrier alive, which reaps it, it is not.
    if (!host.isAlive(run.program())) {
      throw justEnded();
    }
    try {
      HostCommands.Output sent =
          commands.run(List.of("sh", "-c", "kill -\"$1\" \"$2\"", "sh", "" + signal, "" + pid));
      // Whoever waits for it may be there a moment longer than it is.
      boolean gone =
          !host.isAlive(run.program()) || !Files.exists(host.proc().resolve(Long.toString(pid)));
      if (!sent.isGood() && gone) {
        throw justEnded();
      } else if (!sent.isGood()) {
        throw DriverException.permanent(
            "KillFailed", "the kernel refuses it: " + sent.text().strip(), null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DriverException.retryable("Interrupted", "the call was interrupted", e);
    }
  }

  private static DriverException justEnded() {
    return DriverException.permanent(
        PauseCapable.NOT_RUNNING, "it has just ended, or only begins", null);
  }

  /// With numbers of its own the program is what is number 1 there; what the carrier started waits
  /// for it and hands nothing on.
  private Optional<Long> firstBelow(long parent, List<Long> pids) {
    return pids.stream().filter(pid -> parent(pid) == parent && isFirst(pid)).findFirst();
  }

  private long parent(long pid) {
    return status(pid, PARENT).map(text -> CgroupCounters.parsed(text).orElse(0)).orElse(0L);
  }

  private boolean isFirst(long pid) {
    return status(pid, NUMBERS)
        .map(text -> text.split("\\s+", -1))
        .map(numbers -> numbers.length > 1 && numbers[numbers.length - 1].equals("1"))
        .orElse(false);
  }

  private Optional<String> status(long pid, String name) {
    return CgroupCounters.text(host.proc().resolve(Long.toString(pid)).resolve("status"))
        .flatMap(text -> text.lines().filter(line -> line.startsWith(name)).findFirst())
        .map(line -> line.substring(name.length()).strip());
  }
}
