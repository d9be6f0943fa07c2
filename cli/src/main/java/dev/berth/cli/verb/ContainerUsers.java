package dev.berth.cli.verb;

import dev.berth.v1.ContainerUser;
import java.util.List;
import java.util.TreeSet;

/// Who uses something of a node, in the words of a list.
public final class ContainerUsers {
  private ContainerUsers() {}

  /// Slots, "web.2" or with another namespace before them "shop/web.2", names of containers that
  /// are nobody's slots, and workloads that would use it, in parentheses.
  ///
  /// @param namespace the one that is meant
  /// @param wide all of them; else the first and how many more
  public static String words(
      List<ContainerUser> users, List<String> workloads, String namespace, boolean wide) {
    TreeSet<String> names = new TreeSet<>();
    TreeSet<String> seen = new TreeSet<>();
    for (ContainerUser user : users) {
      if (user.getSlot().isEmpty()) {
        names.add(user.getContainer());
      } else {
        names.add(within(namespace, user.getNamespace() + "/" + user.getSlot()));
        seen.add(
            user.getNamespace() + "/" + user.getSlot().substring(0, user.getSlot().indexOf('.')));
      }
    }
    for (String workload : workloads) {
      if (!seen.contains(workload)) {
        names.add("(" + within(namespace, workload) + ")");
      }
    }
    if (names.isEmpty()) {
      return "-";
    }
    return wide || names.size() < 3
        ? String.join(",", names)
        : names.first() + " and " + (names.size() - 1) + " more";
  }

  private static String within(String namespace, String name) {
    return name.startsWith(namespace + "/") ? name.substring(namespace.length() + 1) : name;
  }
}
