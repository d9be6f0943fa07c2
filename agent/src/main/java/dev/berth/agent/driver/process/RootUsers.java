package dev.berth.agent.driver.process;

import dev.berth.agent.artifact.RootPaths;
import dev.berth.agent.driver.DriverException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The users of a root file system, as its own /etc/passwd and /etc/group have them.
///
/// @param paths of the root
record RootUsers(RootPaths paths) {
  private static final String NUMBER = "[0-9]{1,10}";
  private static final int BYTES_MAX = 1 << 20;
  private static final int USER_FIELDS = 7;
  private static final int GROUP_FIELDS = 4;

  /// The user of a spec: "name", "uid", "name:group", "uid:gid".
  ///
  /// @throws DriverException permanent, when there is no such user or group
  ProcessUser find(String text) throws DriverException {
    int colon = text.indexOf(':');
    String user = colon < 0 ? text : text.substring(0, colon);
    String group = colon < 0 ? "" : text.substring(colon + 1);
    Optional<String[]> entry =
        entries("/etc/passwd", USER_FIELDS).stream()
            .filter(fields -> fields[0].equals(user) || fields[2].equals(user))
            .filter(fields -> fields[2].matches(NUMBER) && fields[3].matches(NUMBER))
            .findFirst();
    if (entry.isEmpty() && !user.matches(NUMBER)) {
      throw missing("NoSuchUser", "user \"" + user + "\"", "/etc/passwd");
    }
    List<String[]> groups = entries("/etc/group", GROUP_FIELDS);
    String gid = group.isEmpty() ? entry.map(fields -> fields[3]).orElse(user) : gid(groups, group);
    return entry
        .map(fields -> new ProcessUser(fields[0], fields[2], gid, fields[5], of(groups, fields[0])))
        .orElseGet(() -> new ProcessUser(user, user, gid, "/", ProcessUser.NO_GROUPS));
  }

  private static String gid(List<String[]> groups, String group) throws DriverException {
    if (group.matches(NUMBER)) {
      return group;
    }
    for (String[] fields : groups) {
      if (fields[0].equals(group) && fields[2].matches(NUMBER)) {
        return fields[2];
      }
    }
    throw missing("NoSuchGroup", "group \"" + group + "\"", "/etc/group");
  }

  private static String of(List<String[]> groups, String user) {
    String all =
        groups.stream()
            .filter(fields -> List.of(fields[3].split(",", -1)).contains(user))
            .map(fields -> fields[2])
            .filter(gid -> gid.matches(NUMBER))
            .collect(Collectors.joining(","));
    return all.isEmpty() ? ProcessUser.NO_GROUPS : "--groups=" + all;
  }

  private List<String[]> entries(String file, int fields) throws DriverException {
    try {
      Path real = paths.resolve(file);
      if (!Files.isRegularFile(real)) {
        return List.of();
      }
      try (InputStream content = Files.newInputStream(real)) {
        return new String(content.readNBytes(BYTES_MAX), StandardCharsets.UTF_8)
            .lines()
            .map(line -> line.split(":", -1))
            .filter(split -> split.length >= fields)
            .toList();
      }
    } catch (IOException e) {
      throw DriverException.permanent(
          "UserUnknown", "root: its " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static DriverException missing(String reason, String what, String file) {
    return DriverException.permanent(
        reason, what + ": its root has none in " + file + "; name another, or a number", null);
  }
}
