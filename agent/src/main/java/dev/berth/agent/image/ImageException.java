package dev.berth.agent.image;

import org.jspecify.annotations.Nullable;

/// An image that cannot be had.
public final class ImageException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final boolean mayPass;

  private ImageException(
      String reason, String message, boolean mayPass, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.mayPass = mayPass;
  }

  /// One that may be had later: the network is away, the disk is full.
  public static ImageException passing(String reason, String message, @Nullable Throwable cause) {
    return new ImageException(reason, message, true, cause);
  }

  /// One that stays as it is: another content, no such image.
  public static ImageException lasting(String reason, String message, @Nullable Throwable cause) {
    return new ImageException(reason, message, false, cause);
  }

  /// One CamelCase word: "ImageMissing".
  public String reason() {
    return reason;
  }

  /// Whether another attempt may succeed.
  public boolean mayPass() {
    return mayPass;
  }
}
