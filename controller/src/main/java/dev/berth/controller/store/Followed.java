package dev.berth.controller.store;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.Now;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a controller knows of the others and of the stored state without leading.
public final class Followed {
  private final EtcdLeaderElection election;
  private final LeaderWatch leaderWatch;
  private final StateMirror mirror;
  private final ControllerRegistry registry;
  private @Nullable Standing decoded;

  /// The stored state.
  ///
  /// @param state as a leader would find it: what agents report is not in it
  /// @param storeRevision of the store
  /// @param confirmedNanos when it was last known to be the newest, by [System#nanoTime]
  public record Standing(ClusterState state, long storeRevision, long confirmedNanos) {
    /// How old it is.
    public Duration age() {
      return Duration.ofNanos(Math.max(0, System.nanoTime() - confirmedNanos));
    }
  }

  Followed(
      EtcdLeaderElection election,
      LeaderWatch leaderWatch,
      StateMirror mirror,
      ControllerRegistry registry) {
    this.election = election;
    this.leaderWatch = leaderWatch;
    this.mirror = mirror;
    this.registry = registry;
  }

  /// Whether this process leads, by its own clock and never longer than the store would say.
  public boolean leads() {
    return election.leads();
  }

  /// Who leads, as last seen.
  public Optional<ControllerRecord> leader() {
    return leaderWatch.leader();
  }

  /// Why nobody can be elected; empty when that is not known or not so.
  public String problem() {
    return election.problem();
  }

  /// Calls back now and at each change of the leader, on threads that must not be held up. The same
  /// may be said twice.
  public void onLeaderChange(Consumer<Optional<ControllerRecord>> listener) {
    leaderWatch.onChange(listener);
  }

  /// Keeps a copy of the stored state from now on.
  public void follow() {
    mirror.follow();
  }

  /// Drops the copy: this process leads.
  public synchronized void rest() {
    mirror.rest();
    decoded = null;
  }

  /// How old the copy is; empty while there is none.
  public Optional<Duration> age() {
    return Optional.ofNullable(mirror.standing())
        .map(copy -> Duration.ofNanos(Math.max(0, System.nanoTime() - copy.confirmedNanos())));
  }

  /// The stored state; empty while it is not known or no cluster was made yet. Decoded when asked
  /// for, once a revision.
  ///
  /// @throws StoreException when it cannot be read
  public synchronized Optional<Standing> state() throws StoreException {
    StateMirror.Copy known = mirror.standing();
    Standing last = decoded;
    if (known != null && last != null && last.storeRevision() == known.revision()) {
      decoded = new Standing(last.state(), last.storeRevision(), known.confirmedNanos());
      return Optional.of(decoded);
    }
    StateMirror.Copy copy = mirror.copy();
    if (copy == null) {
      return Optional.empty();
    }
    // The epoch is that of nobody: only a leader's state says it.
    ClusterState state =
        StateCodec.decode(copy.values(), 0, new Now(System.nanoTime() / 1_000_000, Instant.now()));
    decoded = state == null ? null : new Standing(state, copy.revision(), copy.confirmedNanos());
    return Optional.ofNullable(decoded);
  }

  /// All controllers that run, by id.
  ///
  /// @throws StoreException when no member of etcd answers
  public List<ControllerRecord> controllers() throws StoreException {
    return registry.list();
  }
}
