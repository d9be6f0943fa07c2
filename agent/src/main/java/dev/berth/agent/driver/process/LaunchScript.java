package dev.berth.agent.driver.process;

import dev.berth.spec.ShellNames;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.PortBinding;
import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Writes what `carrier.sh` reads for one start. Pure. All that users wrote is in single quotes, so
/// that the shell takes it as it is.
///
/// @param instance what is to run
/// @param user whom the program runs as, and whether that has to be changed to
/// @param cgroup what the program is put into; empty paths: nothing
/// @param tools what can be used
/// @param work where its files are, when it has any
record LaunchScript(
    AssignedInstance instance, As user, Group cgroup, Tools tools, WorkDirectory work) {
  static final String WRITTEN = "written=";
  static final String MARK = "BERTH_INSTANCE";

  private static final String UMASK = "0022";

  /// Whom a program runs as.
  ///
  /// @param change whether the carrier is another user
  record As(ProcessUser user, boolean change) {}

  /// Where processes belong.
  ///
  /// @param carriers where carriers go, if anywhere: a file that takes process numbers
  /// @param entrances where the program goes
  /// @param list where its processes are listed; empty without cgroups
  /// @param killSwitch kills all of them; may be empty
  record Group(List<Path> carriers, List<Path> entrances, String list, String killSwitch) {}

  /// The whole file.
  ///
  /// @param written bytes of output that are kept already
  String text(long written) {
    return WRITTEN
        + written
        + "\nsettle() {\n  :\n"
        + enter(cgroup.carriers())
        + "}\nenter() {\n  :\n"
        + entering()
        + "}\nsweep() {\n"
        + sweep()
        + "}\nprogram() {\n"
        + program(true)
        + "}\n";
  }

  /// Shell commands that put a shell where the program belongs; they return 1 when they cannot.
  String entering() {
    return enter(cgroup.entrances());
  }

  private static String enter(List<Path> entrances) {
    return entrances.stream()
        .map(entrance -> "  echo 0 >" + quoted(entrance.toString()) + " || return 1\n")
        .collect(Collectors.joining());
  }

  /// Ends what the program left running: first in one go, then whatever that did not reach.
  private String sweep() {
    if (!cgroup.killSwitch().isEmpty()) {
      return "  echo 1 >" + quoted(cgroup.killSwitch()) + "\n";
    }
    String left =
        cgroup.list().isEmpty()
            ? "    left=$(grep -lsxzF "
                + quoted(MARK + "=" + instance.getInstanceId())
                + " /proc/[0-9]*/environ | tr -cd '0-9\\n')\n"
            : "    left=\n    while read -r pid; do left=\"$left $pid\"; done <"
                + quoted(cgroup.list())
                + "\n";
    return "  for turn in 1 2 3 4 5 6 7 8 9 10; do\n"
        + left
        + "    [ -n \"$left\" ] || return 0\n"
        + "    kill -KILL $left\n"
        + "    sleep 0.1 || sleep 1\n"
        + "  done\n";
  }

  /// Shell commands by which a shell becomes a command beside the program, in its root.
  ///
  /// @param first the process that has number 1 there
  String besideInRoot(long first) {
    ProcessSpec spec = instance.getSpec().getProcess();
    StringBuilder text = new StringBuilder("  umask ").append(umask(spec)).append('\n');
    environment().forEach((name, value) -> text.append(export(name, value)));
    List<String> command = confinement().besideInRoot(spec, first);
    command.addAll(spec.getCommandList());
    return text.append("  exec").append(words(command)).append('\n').toString();
  }

  /// Shell commands by which a shell becomes the program.
  ///
  /// @param first whether it is the instance's own: then it gets namespaces and the carrier's pipe,
  ///     which others are put into
  String program(boolean first) {
    ProcessSpec spec = instance.getSpec().getProcess();
    Confinement confinement = confinement();
    if (isRooted(spec) && first) {
      return output()
          + RootLaunch.outside(work, WorkDirectory.isWanted(spec), confinement.rooted(spec), tools);
    }
    StringBuilder text = new StringBuilder();
    text.append("  umask ").append(umask(spec));
    text.append("\n  cd ").append(quoted(work.start(spec).toString())).append(" || exit 126\n");
    if (first) {
      text.append(output());
    }
    List<String> command =
        new ArrayList<>(first ? confinement.plain(spec) : confinement.beside(spec));
    List<String> awkward = new ArrayList<>();
    environment()
        .forEach(
            (name, value) -> {
              if (isPlain(name)) {
                text.append(export(name, value));
              } else {
                awkward.add(name + "=" + value);
              }
            });
    if (!awkward.isEmpty() || tools.resetSignals()) {
      command.add(tools.path(Tools.ENV));
      if (tools.resetSignals()) {
        command.add(Tools.DEFAULT_SIGNAL);
      }
      command.addAll(awkward);
    }
    command.addAll(spec.getCommandList());
    return text.append("  exec").append(words(command)).append('\n').toString();
  }

  /// A shell may have something to say about a locale that the node lacks.
  private static boolean isPlain(String name) {
    return ShellNames.isHandedOn(name) && !name.equals("LANG") && !name.startsWith("LC_");
  }

  /// What a program with a root of its own starts with, there; empty for others.
  String inside() {
    ProcessSpec spec = instance.getSpec().getProcess();
    return isRooted(spec) ? RootLaunch.inside(spec, umask(spec), environment()) : "";
  }

  static boolean isRooted(ProcessSpec spec) {
    return spec.getIsolation() == ProcessIsolation.PROCESS_ISOLATION_ROOTFS;
  }

  private static String umask(ProcessSpec spec) {
    return spec.getUmask().isEmpty() ? UMASK : spec.getUmask();
  }

  private Confinement confinement() {
    return new Confinement(user, tools);
  }

  static String export(String name, String value) {
    return "  export " + name + '=' + quoted(value) + '\n';
  }

  /// Words for the shell, with a space before each.
  static String words(List<String> words) {
    return words.stream().map(word -> " " + quoted(word)).collect(Collectors.joining());
  }

  /// To open `/dev/stdout` by its name takes the right to open the pipe behind it, which is the
  /// carrier's.
  private String output() {
    return user.change() ? "  chown " + user.user().uid() + " /proc/self/fd/1 2>/dev/null\n" : "";
  }

  /// What the program finds in its environment.
  Map<String, String> environment() {
    ProcessUser who = user.user();
    Map<String, String> env = new TreeMap<>();
    env.put("PATH", Tools.PATH);
    env.put("HOME", who.home());
    env.put("USER", who.name());
    env.put("LOGNAME", who.name());
    env.putAll(instance.getSpec().getProcess().getEnvMap());
    env.put(MARK, instance.getInstanceId());
    if (WorkDirectory.isWanted(instance.getSpec().getProcess())) {
      env.put("BERTH_DIR", work.seen(instance.getSpec().getProcess()).toString());
    }
    for (PortBinding port : instance.getPortsList()) {
      String name = port.getName().isEmpty() ? Integer.toString(port.getTarget()) : port.getName();
      env.put(
          "BERTH_PORT_" + name.toUpperCase(Locale.ROOT).replace('-', '_'),
          Integer.toString(port.getHostPort()));
    }
    return env;
  }

  /// The tools that it needs and the node lacks.
  List<String> missing() {
    return confinement().missing(instance.getSpec().getProcess());
  }

  /// A word as the shell is to take it.
  static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
