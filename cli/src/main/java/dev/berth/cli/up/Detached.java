package dev.berth.cli.up;

import dev.berth.cli.term.Terminal;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// `up -d`: starts a supervisor in a session of its own and shows what it says until the cluster
/// is ready.
///
/// @param terminal of the user
/// @param settings what `up` was told
record Detached(Terminal terminal, UpSettings settings) {

  /// Exit code of the command: 0 when the cluster is ready.
  int launch(List<String> arguments) throws StartFailure {
    LogFile log = settings.dir().log("up");
    try {
      log.prepare();
      List<String> command =
          new ArrayList<>(
              List.of(
                  "setsid", settings.checkout().resolve("berth").toString(), "up", "--supervise"));
      command.addAll(arguments);
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectInput(new File("/dev/null"))
              .redirectError(ProcessBuilder.Redirect.appendTo(log.path().toFile()));
      // What is built is built: the supervisor has not to look again.
      builder.environment().put("BERTH_BUILT", "1");
      return relay(builder.start(), log);
    } catch (IOException e) {
      throw new StartFailure("supervisor: cannot be started: " + e.getMessage(), e);
    }
  }

  private int relay(Process supervisor, LogFile log) throws IOException {
    // Ctrl-C while it starts: the supervisor has another session and hears nothing of it.
    Thread interrupted = new Thread(supervisor::destroy);
    Runtime.getRuntime().addShutdownHook(interrupted);
    boolean done = false;
    boolean failed = false;
    try (BufferedReader lines = supervisor.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null && !done; line = lines.readLine()) {
        String text = line.length() > 2 ? line.substring(2) : "";
        switch (line.isEmpty() ? ' ' : line.charAt(0)) {
          case 'R' -> terminal.out().println(text);
          case 'D' -> done = true;
          case 'F' -> {
            terminal.say("berth up: " + text);
            failed = true;
          }
          default -> terminal.say(text);
        }
        if (done) {
          break;
        }
      }
    }
    terminal.flush();
    if (done) {
      Runtime.getRuntime().removeShutdownHook(interrupted);
      return 0;
    }
    if (!failed) {
      terminal.say("berth up: the supervisor ended without a word (log: " + log.path() + ")");
    }
    return 1;
  }
}
