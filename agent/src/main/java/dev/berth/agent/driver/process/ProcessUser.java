package dev.berth.agent.driver.process;

/// Whom a program runs as.
///
/// @param name of the user; the number where the node knows no name
/// @param uid number of the user
/// @param gid number of the group
/// @param home home directory
/// @param listed whether the node knows the user, and so what other groups there are
record ProcessUser(String name, String uid, String gid, String home, boolean listed) {}
