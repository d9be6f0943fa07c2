package dev.berth.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Runs several command lines in one process: the build makes the start-up cache from what this
/// loads. Not for users.
final class Rehearsal {
  private Rehearsal() {}

  /// Runs each line of stdin; words are separated by single blanks.
  public static void main(String[] args) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      int _ = BerthMain.run(List.of(line.split(" ", -1)));
    }
    System.exit(0);
  }
}
