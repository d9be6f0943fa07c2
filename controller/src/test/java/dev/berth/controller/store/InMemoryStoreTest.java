package dev.berth.controller.store;

final class InMemoryStoreTest extends ClusterStoreContractTest {
  private final InMemoryStore shared = new InMemoryStore();

  @Override
  Connection connect() {
    ClusterStore store = shared.store();
    LeaderElection election = shared.election();
    return new Connection() {
      @Override
      public ClusterStore store() {
        return store;
      }

      @Override
      public LeaderElection election() {
        return election;
      }

      @Override
      public void close() {}
    };
  }
}
