package dev.berth.controller.rpc;

import dev.berth.controller.loop.Snapshot;
import dev.berth.v1.SaveSnapshotResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The cluster's controllers as this one sees them, and the stored state as one that does not lead
/// knows it.
public interface Controllers {
  /// A controller.
  ///
  /// @param id 8 lower-case letters and digits
  /// @param address where its API is dialled, "host:port"
  /// @param version of its program
  /// @param since when it started
  record Peer(String id, String address, String version, Instant since) {}

  /// The stored state while nobody can be asked who knows better.
  ///
  /// @param snapshot without what agents report
  /// @param age time since it was known to be the newest
  record StaleState(Snapshot snapshot, Duration age) {}

  /// This controller.
  Peer self();

  /// Whether this controller leads at this moment, by its own monotonic clock and never longer than
  /// the store would say. Cheap.
  boolean leads();

  /// Which other controller leads, as last seen.
  Optional<Peer> otherLeader();

  /// The stored state; empty while it is not known.
  Optional<StaleState> staleState();

  /// How old the stored state is; cheaper than to ask for it.
  Optional<Duration> stateAge();

  /// Whether the store refuses writes for want of room.
  boolean storeIsFull();

  /// All controllers that run, by id; blocks for a few seconds at most.
  ///
  /// @throws IOException when the store cannot be asked
  List<Peer> all() throws IOException;

  /// Reads everything that is stored, as of one revision; blocks.
  ///
  /// @param parts takes the header, then pages; may block
  /// @throws IOException when the store fails meanwhile
  void copyState(Consumer<SaveSnapshotResponse> parts) throws IOException;
}
