package dev.berth.controller;

import dev.berth.controller.loop.Snapshot;
import dev.berth.controller.rpc.Controllers;
import dev.berth.controller.store.ControllerRecord;
import dev.berth.controller.store.EtcdSnapshots;
import dev.berth.controller.store.Followed;
import dev.berth.controller.store.StoreException;
import dev.berth.v1.SaveSnapshotResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this controller knows of the others, from etcd. A former leader that cannot read etcd any
/// more goes on with what it led last.
final class KnownControllers implements Controllers {
  private static final Logger LOG = LoggerFactory.getLogger(KnownControllers.class);

  private final Supplier<ControllerRecord> self;
  private final Followed followed;
  private final EtcdSnapshots snapshots;
  private final AtomicReference<@Nullable Led> led = new AtomicReference<>();

  /// What was led last, and when, by [System#nanoTime].
  private record Led(Snapshot snapshot, long untilNanos) {
    StaleState stale() {
      return new StaleState(snapshot, Duration.ofNanos(System.nanoTime() - untilNanos));
    }
  }

  /// @param self this controller, once it listens
  KnownControllers(Supplier<ControllerRecord> self, Followed followed, EtcdSnapshots snapshots) {
    this.self = self;
    this.followed = followed;
    this.snapshots = snapshots;
  }

  /// This controller leads from now on.
  void leadershipBegan() {
    followed.rest();
    led.set(null);
  }

  /// This controller does not lead any more.
  ///
  /// @param last what it led
  void leadershipEnded(@Nullable Snapshot last) {
    if (last != null) {
      led.set(new Led(last, System.nanoTime()));
    }
    followed.follow();
  }

  @Override
  public Peer self() {
    return peer(self.get());
  }

  @Override
  public boolean leads() {
    return followed.leads();
  }

  @Override
  public Optional<Peer> otherLeader() {
    return followed.leader().flatMap(this::other);
  }

  /// A leader that can be dialled and is not this controller.
  Optional<Peer> other(ControllerRecord leader) {
    boolean dialable = !leader.address().isEmpty() && !leader.id().equals(self.get().id());
    return dialable ? Optional.of(peer(leader)) : Optional.empty();
  }

  @Override
  public Optional<StaleState> staleState() {
    try {
      Optional<StaleState> copied =
          followed
              .state()
              .map(state -> new StaleState(new Snapshot(state.state(), 0), state.age()));
      return copied.or(() -> Optional.ofNullable(led.get()).map(Led::stale));
    } catch (StoreException e) {
      LOG.warn("The copy of the state cannot be read: {}", e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public Optional<Duration> stateAge() {
    return followed.age().or(() -> Optional.ofNullable(led.get()).map(last -> last.stale().age()));
  }

  @Override
  public boolean storeIsFull() {
    return followed.problem().contains("database space exceeded");
  }

  @Override
  public List<Peer> all() throws IOException {
    try {
      return followed.controllers().stream().map(KnownControllers::peer).toList();
    } catch (StoreException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void copyState(Consumer<SaveSnapshotResponse> parts) throws IOException {
    try {
      snapshots.save(parts);
    } catch (StoreException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static Peer peer(ControllerRecord record) {
    return new Peer(record.id(), record.address(), record.version(), record.since());
  }
}
