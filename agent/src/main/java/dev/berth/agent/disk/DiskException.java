package dev.berth.agent.disk;

/// An image that cannot be used as it is. Another attempt with the same file fails the same way;
/// a failure to read the file is an `IOException` instead.
public final class DiskException extends Exception {
  private static final long serialVersionUID = 1L;

  /// @param message for people: what is wrong, and what to do; at most 1 KiB
  public DiskException(String message) {
    super(message);
  }

  /// The same about a file with a name.
  DiskException in(String file) {
    DiskException named = new DiskException(file + ": " + getMessage());
    named.initCause(this);
    return named;
  }
}
