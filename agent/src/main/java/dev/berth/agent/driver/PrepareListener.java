package dev.berth.agent.driver;

import dev.berth.v1.PullProgress;

/// Is told how the preparation of one instance goes on, on the thread that called `prepare`.
public interface PrepareListener {
  /// What is needed is being fetched; called at most four times a second. Returns at once.
  void pulling(PullProgress progress);
}
