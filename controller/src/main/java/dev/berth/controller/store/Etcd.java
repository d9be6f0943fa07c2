package dev.berth.controller.store;

/// A connection to etcd, with what is done through it.
public final class Etcd implements AutoCloseable {
  private Etcd() {}

  /// Connects lazily.
  ///
  /// @throws StoreException when the certificates cannot be read
  public static Etcd connect(EtcdSettings settings) throws StoreException {
    throw new StoreException(settings.toString());
  }

  /// The store.
  public ClusterStore store() {
    throw new UnsupportedOperationException();
  }

  /// The election.
  public LeaderElection election() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
