package dev.berth.cli.console;

/// The key that leaves a console: Ctrl-], as in telnet and virsh.
final class EscapeKey {
  /// How it is written for people.
  static final String NAME = "Ctrl-]";

  private static final byte CODE = 0x1d;

  private EscapeKey() {}

  /// Where it is among what was typed; below 0: nowhere.
  ///
  /// @param count how many of the bytes were typed
  static int find(byte[] typed, int count) {
    for (int i = 0; i < count; i++) {
      if (typed[i] == CODE) {
        return i;
      }
    }
    return -1;
  }
}
