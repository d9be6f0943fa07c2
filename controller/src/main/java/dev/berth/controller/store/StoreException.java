package dev.berth.controller.store;

import org.jspecify.annotations.Nullable;

/// The store did not do what it was asked. After a commit it is unknown whether all, some or
/// nothing of it was applied, unless
/// it is a [Fenced].
public class StoreException extends Exception {
  /// With what was tried and why it did not work.
  public StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  StoreException(String message) {
    super(message);
  }

  /// Another controller leads, or changed an object behind our back: the refused transaction
  /// applied nothing.
  public static final class Fenced extends StoreException {
    Fenced(String message) {
      super(message);
    }
  }

  /// What is stored was written by a Berth of another version: this one can never lead here.
  public static final class OtherLayout extends StoreException {
    OtherLayout(int found, int expected) {
      super(
          ("the store has layout %d and this controller knows layout %d only; nothing was changed:"
                  + " start the version of Berth that wrote it, or give this one an empty etcd (an"
                  + " empty data directory for 'berth up')")
              .formatted(found, expected));
    }
  }
}
