package dev.berth.agent.image;

/// What an image that is to be stored must be.
///
/// @param digest SHA-256 that it must have; empty: any
/// @param bytes its length; 0: not known
/// @param check looks into it before it is stored
public record Expected(String digest, long bytes, ImageCheck check) {
  /// Of any content.
  ///
  /// @param digest SHA-256 that it must have; empty: any
  public static Expected of(String digest) {
    return new Expected(digest, 0, ImageCheck.NONE);
  }

  /// The same of another length.
  Expected withBytes(long known) {
    return new Expected(digest, known, check);
  }
}
