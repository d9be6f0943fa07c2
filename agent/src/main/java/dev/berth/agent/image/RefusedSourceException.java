package dev.berth.agent.image;

import java.io.IOException;

/// A source that will not have what was asked for, however often it is asked.
public final class RefusedSourceException extends IOException {
  private static final long serialVersionUID = 1L;

  /// @param message for people: why not
  public RefusedSourceException(String message) {
    super(message);
  }
}
