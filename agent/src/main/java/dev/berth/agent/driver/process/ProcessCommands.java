package dev.berth.agent.driver.process;

import dev.berth.agent.driver.DriverException;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.OpenExec;
import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Starts commands among the processes of instances.
///
/// @param ground of the node
/// @param maker knows how an instance's program is started
record ProcessCommands(ProcessGround ground, ProcessMaker maker) {
  private static final String SCRIPT = "exec-";

  /// @param files of an instance that runs
  ProcessExec start(InstanceFiles files, OpenExec command) throws DriverException {
    Optional<Path> script = Optional.empty();
    Optional<Pty> pty = Optional.empty();
    boolean started = false;
    try {
      AssignedInstance instead = ExecScript.instead(files.instance(), command);
      ProcessSpec spec = instead.getSpec().getProcess();
      refuseImpossible(spec);
      if (command.getTerminal()) {
        pty = Optional.of(Pty.open());
        if (command.hasSize()) {
          pty.get().resize(command.getSize());
        }
      }
      Path written =
          Files.createTempFile(
              files.directory(),
              SCRIPT,
              "",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      script = Optional.of(written);
      Files.writeString(
          written,
          new ExecScript(maker.script(instead, files.rootFiles().below()), command)
              .text(
                  pty.map(Pty::slave),
                  LaunchScript.isRooted(spec)
                      ? OptionalLong.of(firstInside(files, spec))
                      : OptionalLong.empty()));
      Process process = spawn(words(files, instead, written), command);
      started = true;
      return connected(process, pty, command);
    } catch (IOException e) {
      throw DriverException.retryable(
          "ExecFailed", "the command cannot be started: " + e.getMessage(), e);
    } finally {
      if (!started) {
        pty.ifPresent(Pty::close);
        script.ifPresent(ProcessCommands::delete);
      }
    }
  }

  private static void refuseImpossible(ProcessSpec spec) throws DriverException {
    if (LaunchScript.isRooted(spec) && spec.getDropCapabilitiesCount() > 0) {
      throw DriverException.permanent(
          "ExecRefused",
          "its program has dropped capabilities, and a command that is put into its root could not"
              + " drop them",
          null);
    }
  }

  private ProcessExec connected(Process process, Optional<Pty> pty, OpenExec command) {
    OutputQueue output = new OutputQueue(pty.isPresent() ? 1 : 2);
    CommandStreams streams =
        pty.isPresent() ? TerminalStreams.of(pty.get(), output) : PipeStreams.of(process, output);
    ProcessExec exec =
        new ProcessExec(
            process, streams, output, pty.isPresent(), command.getInput(), ground.commands());
    if (!command.getInput() && pty.isEmpty()) {
      exec.endInput();
    }
    return exec;
  }

  private static Process spawn(List<String> words, OpenExec command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().clear();
    builder.environment().put("PATH", Tools.PATH);
    if (command.getDetach()) {
      builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
      builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    }
    return builder.start();
  }

  private List<String> words(InstanceFiles files, AssignedInstance instance, Path script)
      throws DriverException, IOException {
    List<String> words = new ArrayList<>(List.of("setsid"));
    if (instance.getSpec().getProcess().getIsolation()
        == ProcessIsolation.PROCESS_ISOLATION_NAMESPACES) {
      words.add(ground.tools().paths().getOrDefault(Tools.NSENTER, Tools.NSENTER));
      words.add("--target=" + firstInside(files, instance.getSpec().getProcess()));
      words.addAll(List.of("--mount", "--uts", "--ipc", "--pid"));
    }
    words.addAll(List.of("sh", script.toString()));
    return words;
  }

  private long firstInside(InstanceFiles files, ProcessSpec spec)
      throws DriverException, IOException {
    return new FirstInside(
            ground.host().proc(), ground.tree(files.id()), LaunchScript.isRooted(spec))
        .await();
  }

  private static void delete(Path script) {
    try {
      Files.deleteIfExists(script);
    } catch (IOException _) {
      return; // it goes with the instance
    }
  }
}
