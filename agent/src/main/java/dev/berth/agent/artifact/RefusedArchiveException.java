package dev.berth.agent.artifact;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Content that may not be placed: it leads out of its directory, is too much, or is broken.
public final class RefusedArchiveException extends IOException {
  private static final long serialVersionUID = 1L;

  RefusedArchiveException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  RefusedArchiveException(String message) {
    super(message);
  }
}
