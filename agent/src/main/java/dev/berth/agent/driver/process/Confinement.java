package dev.berth.agent.driver.process;

import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessLimit;
import dev.berth.v1.ProcessSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The programs of the node that confine a program, in front of it. Pure.
///
/// @param user whom the program runs as, and whether that has to be changed to
/// @param tools what can be used
record Confinement(LaunchScript.As user, Tools tools) {
  private static final String ALL = "all";

  /// All of them, in the order in which they are allowed to do what they do.
  List<String> plain(ProcessSpec spec) {
    List<String> words = new ArrayList<>(limits(spec));
    words.addAll(namespaces(spec));
    words.addAll(privileges(spec));
    return words;
  }

  /// Those of a command beside the program, which is put into its namespaces.
  List<String> beside(ProcessSpec spec) {
    List<String> words = new ArrayList<>(limits(spec));
    words.addAll(privileges(spec));
    return words;
  }

  /// Those that come when the namespaces are there and the root is made.
  List<String> rooted(ProcessSpec spec) {
    List<String> words = beside(spec);
    if (tools.resetSignals()) {
      words.add(tools.path(Tools.ENV));
      words.add(Tools.DEFAULT_SIGNAL);
    }
    return words;
  }

  /// Those of a command that is put into the namespaces and the root of the program. It gets in
  /// before it loses what it is to lose, so it can lose its user, and not single capabilities.
  ///
  /// @param first the process that has number 1 there
  List<String> besideInRoot(ProcessSpec spec, long first) {
    List<String> words = new ArrayList<>(limits(spec));
    if (spec.getNoNewPrivileges()) {
      words.addAll(List.of(tools.path(Tools.SETPRIV), "--no-new-privs"));
    }
    words.addAll(
        List.of(
            tools.path(Tools.NSENTER),
            "--target=" + first,
            "--mount",
            "--uts",
            "--ipc",
            "--pid",
            "--wdns=" + WorkDirectory.startInside(spec)));
    if (user.change()) {
      words.add("--setgid=" + user.user().gid());
      words.add("--setuid=" + user.user().uid());
    }
    return words;
  }

  private List<String> limits(ProcessSpec spec) {
    if (spec.getLimitsCount() == 0) {
      return List.of();
    }
    List<String> words = new ArrayList<>(List.of(tools.path(Tools.PRLIMIT)));
    for (ProcessLimit limit : spec.getLimitsList()) {
      words.add(
          "--"
              + limit.getName()
              + "="
              + (limit.hasSoft() ? Long.toUnsignedString(limit.getSoft()) : "unlimited")
              + ":"
              + (limit.hasHard() ? Long.toUnsignedString(limit.getHard()) : "unlimited"));
    }
    return words;
  }

  private List<String> namespaces(ProcessSpec spec) {
    return spec.getIsolation() == ProcessIsolation.PROCESS_ISOLATION_NAMESPACES
        ? List.of(
            tools.path(Tools.UNSHARE),
            "--mount",
            "--uts",
            "--ipc",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc")
        : List.of();
  }

  private List<String> privileges(ProcessSpec spec) {
    List<String> words = new ArrayList<>();
    if (user.change()) {
      words.add("--reuid=" + user.user().uid());
      words.add("--regid=" + user.user().gid());
      words.add(user.user().groups());
    }
    if (spec.getDropCapabilitiesCount() > 0) {
      String dropped =
          spec.getDropCapabilitiesList().contains(ALL)
              ? "-" + ALL
              : spec.getDropCapabilitiesList().stream()
                  .map(name -> "-" + name)
                  .collect(Collectors.joining(","));
      words.add("--inh-caps=" + dropped);
      words.add("--bounding-set=" + dropped);
    }
    if (spec.getNoNewPrivileges()) {
      words.add("--no-new-privs");
    }
    if (!words.isEmpty()) {
      words.addFirst(tools.path(Tools.SETPRIV));
    }
    return words;
  }

  /// The tools that it needs and the node lacks.
  List<String> missing(ProcessSpec spec) {
    List<String> needed = plain(spec);
    if (LaunchScript.isRooted(spec)) {
      needed.addAll(List.of(Tools.UNSHARE, Tools.NSENTER, Tools.PIVOT_ROOT));
    }
    return Tools.OF_UTIL_LINUX.stream()
        .filter(name -> needed.contains(name) && !tools.has(name))
        .toList();
  }
}
