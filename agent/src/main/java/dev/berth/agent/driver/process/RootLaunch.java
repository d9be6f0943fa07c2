package dev.berth.agent.driver.process;

import dev.berth.v1.ProcessSpec;
import java.util.List;
import java.util.Map;

/// Writes how a program with a root file system of its own is started; `root.sh` says what the
/// parts do. Pure.
final class RootLaunch {
  /// What makes and changes roots, beside the instances.
  static final String SCRIPT = "root.sh";

  private static final String ENTRY =
      """
      {
        cd /
        echo >&5
        read -r go <&6 || { echo "berth: its root cannot be entered" >&2; exit 125; }
        exec </dev/null 5>&- 6<&-
      """;

  private RootLaunch() {}

  /// What the carrier does, in the instance's directory.
  ///
  /// @param work where the instance's files are, when it has any
  /// @param hasFiles whether it has
  /// @param privileges takes them away
  static String outside(
      WorkDirectory work, boolean hasFiles, List<String> privileges, Tools tools) {
    String instance = LaunchScript.quoted(work.root().resolve(work.id()).toString());
    String script = LaunchScript.quoted(work.root().resolve(SCRIPT).toString());
    String files = LaunchScript.quoted(hasFiles ? work.path().toString() : "");
    // A pipe in each direction, which has a name only until both ends are open: whoever waits for
    // the other one sees its end. Descriptors 3 and 4 are `switch`'s ends, 5 and 6 the program's.
    return """
      rm -f ready go && mkfifo ready go || exit 125
      exec 3<>ready 4<>go
      ( sh %s switch %s "$pid" 3<ready 4>go & )
      exec 5>ready 6<go 3<&- 4<&-
    """
            .formatted(script, instance)
        + "  exec "
        + LaunchScript.quoted(tools.path(Tools.UNSHARE))
        + " --mount --uts --ipc --pid --fork --kill-child sh "
        + script
        + " make "
        + instance
        + " "
        + files
        + LaunchScript.words(privileges)
        + "\n";
  }

  /// What a shell of the node does that has the program's privileges and then its root: becomes
  /// the program. A shell reads all of it before it does any of it.
  static String inside(ProcessSpec spec, String umask, Map<String, String> environment) {
    StringBuilder text = new StringBuilder(ENTRY);
    text.append("  umask ").append(umask);
    text.append("\n  cd ")
        .append(LaunchScript.quoted(WorkDirectory.startInside(spec).toString()))
        .append(" || exit 126\n");
    // A shell may have something to say about a locale that the node lacks.
    text.append("  {\n  :\n");
    environment.forEach((name, value) -> text.append(LaunchScript.export(name, value)));
    text.append("  } 2>/dev/null\n");
    return text.append("  exec")
        .append(LaunchScript.words(spec.getCommandList()))
        .append("\n}\n")
        .toString();
  }
}
