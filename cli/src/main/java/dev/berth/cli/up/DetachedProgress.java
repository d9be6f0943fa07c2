package dev.berth.cli.up;

import dev.berth.cli.term.ClosedPipeException;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Progress of a supervisor in the background: into its log, and, until the cluster is ready, to
/// the command that waits for it.
/// Each line to that command begins with a letter: a note, the result, the end.
final class DetachedProgress implements Progress {
  static final String NOTE = "N ";
  static final String RESULT = "R ";
  static final String FAILED = "F ";
  static final String DONE = "D ";

  private final PrintStream waiting;
  private final PrintStream log;
  private boolean attached = true;

  DetachedProgress(PrintStream waiting, PrintStream log) {
    this.waiting = waiting;
    this.log = log;
  }

  @Override
  public synchronized void note(String line) {
    log.println(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + line);
    tell(NOTE, line);
  }

  synchronized void result(String text) {
    tell(RESULT, text);
  }

  /// The last word to the command that waits: from here on it may be gone.
  synchronized void end(boolean good, String message) {
    tell(good ? DONE : FAILED, message);
    attached = false;
  }

  private void tell(String kind, String text) {
    if (!attached) {
      return;
    }
    try {
      text.lines().forEach(line -> waiting.println(kind + line));
      if (text.isEmpty()) {
        waiting.println(kind);
      }
      // Nobody waits any more: the cluster comes up all the same.
      attached = !waiting.checkError();
    } catch (ClosedPipeException _) {
      attached = false;
    }
  }
}
