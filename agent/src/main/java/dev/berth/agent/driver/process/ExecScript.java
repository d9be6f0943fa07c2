package dev.berth.agent.driver.process;

import dev.berth.v1.AssignedInstance;
import dev.berth.v1.OpenExec;
import dev.berth.v1.ProcessSpec;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/// Writes the shell script that becomes a command in an instance: among its processes, with its
/// limits, environment and user. Pure.
///
/// @param launch of the instance, as it is started
/// @param command what is to run
record ExecScript(LaunchScript launch, OpenExec command) {
  /// The instance as if the command were its program.
  static AssignedInstance instead(AssignedInstance instance, OpenExec command) {
    ProcessSpec.Builder program =
        instance.getSpec().getProcess().toBuilder()
            .clearCommand()
            .addAllCommand(command.getCommandList())
            .putAllEnv(command.getEnvMap());
    if (!command.getUser().isEmpty()) {
      program.setUser(command.getUser());
    }
    if (!command.getWorkingDir().isEmpty()) {
      program.setWorkingDir(command.getWorkingDir());
    }
    AssignedInstance.Builder changed = instance.toBuilder();
    changed.getSpecBuilder().setProcess(program);
    return changed.build();
  }

  /// The whole file. It removes itself.
  ///
  /// @param terminal the command's; empty: it keeps the streams that the shell has
  /// @param first the process with number 1 in the instance's root; empty: it has none of its own
  String text(Optional<Path> terminal, OptionalLong first) {
    StringBuilder text = new StringBuilder("rm -f -- \"$0\"\n");
    text.append("enter() {\n  :\n").append(launch.entering()).append("}\n");
    text.append("enter || { echo 'its cgroup cannot be entered' >&2; exit 125; }\n");
    terminal.ifPresent(
        at -> {
          String quoted = LaunchScript.quoted(at.toString());
          // A session's leader that opens a terminal has it from then on.
          text.append("exec <").append(quoted).append(" >").append(quoted).append(" 2>&1\n");
          if (launch.user().change()) {
            text.append("chown ")
                .append(launch.user().user().uid())
                .append(' ')
                .append(quoted)
                .append('\n');
          }
        });
    return text.append(
            first.isPresent() ? launch.besideInRoot(first.getAsLong()) : launch.program(false))
        .toString();
  }
}
