package dev.berth.agent.driver;

import java.util.regex.Pattern;

/// A bridge of this host over which machines talk to others.
///
/// @param name of the interface
/// @param reach who may begin a conversation
public record MachineBridge(String name, Reach reach) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.][A-Za-z0-9_.-]{0,14}");

  /// Who may begin a conversation over a bridge.
  public enum Reach {
    /// Machines and others: machines have addresses there that others know.
    ANYONE,
    /// Machines alone: their addresses are translated, and others only answer.
    MACHINES
  }

  /// Whether an interface can have this name, and a packet filter match it as it is.
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }
}
