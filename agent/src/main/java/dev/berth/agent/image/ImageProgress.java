package dev.berth.agent.image;

/// Is told how far a fetch is, a few times a second, on the fetching thread.
public interface ImageProgress {
  /// More is there.
  ///
  /// @param bytes already here
  /// @param total in all; 0: not known
  void fetched(long bytes, long total);
}
