package dev.berth.cli.term;

/// Nobody reads the output any more (`berth ps | head -1`): the command ends quietly.
public final class ClosedPipeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ClosedPipeException() {
    super("nobody reads the output any more", null, false, false);
  }
}
