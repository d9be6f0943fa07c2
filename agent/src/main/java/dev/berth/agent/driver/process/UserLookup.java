package dev.berth.agent.driver.process;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.port.HostCommands;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Asks the node about its users, wherever it has them from.
///
/// @param commands runs getent
record UserLookup(HostCommands commands) {
  private static final String NUMBER = "[0-9]{1,10}";

  /// The user of a spec: "name", "uid", "name:group", "uid:gid".
  ///
  /// @throws DriverException permanent, when there is no such user or group
  ProcessUser find(String text) throws DriverException {
    int colon = text.indexOf(':');
    String user = colon < 0 ? text : text.substring(0, colon);
    String group = colon < 0 ? "" : text.substring(colon + 1);
    Optional<String[]> entry = entry("passwd", user, 7);
    if (entry.isEmpty() && !user.matches(NUMBER)) {
      throw DriverException.permanent(
          "NoSuchUser",
          "user \"" + user + "\": this node has none; make it there, or name another",
          null);
    }
    String gid = group.isEmpty() ? entry.map(fields -> fields[3]).orElse(user) : gid(group);
    return entry
        .map(
            fields ->
                new ProcessUser(fields[0], fields[2], gid, fields[5], ProcessUser.NODES_GROUPS))
        .orElseGet(() -> new ProcessUser(user, user, gid, "/", ProcessUser.NO_GROUPS));
  }

  private String gid(String group) throws DriverException {
    if (group.matches(NUMBER)) {
      return group;
    }
    Optional<String[]> entry = entry("group", group, 3);
    if (entry.isEmpty()) {
      throw DriverException.permanent(
          "NoSuchGroup",
          "group \"" + group + "\": this node has none; make it there, or name another",
          null);
    }
    return entry.get()[2];
  }

  private Optional<String[]> entry(String table, String key, int fields) throws DriverException {
    try {
      HostCommands.Output output = commands.run(List.of("getent", table, key));
      String[] found = output.text().strip().split(":", -1);
      return output.isGood() && found.length >= fields ? Optional.of(found) : Optional.empty();
    } catch (IOException e) {
      throw DriverException.retryable("UserUnknown", "getent: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DriverException.retryable("Interrupted", "the preparation was interrupted", e);
    }
  }
}
