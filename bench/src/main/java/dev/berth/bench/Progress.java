package dev.berth.bench;

/// Says on stderr what is going on.
final class Progress {
  private Progress() {}

  static void say(String what) {
    System.err.println("bench: " + what);
  }
}
