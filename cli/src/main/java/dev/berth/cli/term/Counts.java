package dev.berth.cli.term;

/// Numbers of things in words.
public final class Counts {
  private Counts() {}

  /// `1 node`, `3 nodes`.
  public static String of(int count, String thing) {
    return count + " " + thing + (count == 1 ? "" : "s");
  }
}
