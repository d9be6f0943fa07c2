package dev.berth.agent.driver.process;

/// Whom a program runs as.
///
/// @param name of the user; the number where no name is known
/// @param uid number of the user
/// @param gid number of the group
/// @param home home directory
/// @param groups the option of setpriv that gives it its other groups
record ProcessUser(String name, String uid, String gid, String home, String groups) {
  /// Those that the node knows it is in.
  static final String NODES_GROUPS = "--init-groups";

  /// None.
  static final String NO_GROUPS = "--clear-groups";
}
