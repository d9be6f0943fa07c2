package dev.berth.client;

import java.io.IOException;

/// Certificates or keys that cannot be used. The message says which file, what is wrong with it and
/// what to do next.
public final class CredentialsException extends IOException {
  private static final long serialVersionUID = 1L;

  /// @param message for people, in one line
  public CredentialsException(String message) {
    super(message);
  }

  CredentialsException(String message, Throwable cause) {
    super(message, cause);
  }
}
