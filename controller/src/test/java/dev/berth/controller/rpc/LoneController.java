package dev.berth.controller.rpc;

import dev.berth.v1.SaveSnapshotResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// A controller without any others.
final class LoneController implements Controllers {
  @Override
  public Peer self() {
    return new Peer("aaaaaaaa", "127.0.0.1:1", "test", Instant.EPOCH);
  }

  @Override
  public boolean leads() {
    return true;
  }

  @Override
  public Optional<Peer> otherLeader() {
    return Optional.empty();
  }

  @Override
  public Optional<StaleState> staleState() {
    return Optional.empty();
  }

  @Override
  public Optional<Duration> stateAge() {
    return Optional.empty();
  }

  @Override
  public boolean storeIsFull() {
    return false;
  }

  @Override
  public List<Peer> all() {
    return List.of(self());
  }

  @Override
  public void copyState(Consumer<SaveSnapshotResponse> parts) throws IOException {
    throw new IOException("nothing is stored");
  }
}
