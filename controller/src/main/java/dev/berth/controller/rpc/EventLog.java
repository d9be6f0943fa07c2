package dev.berth.controller.rpc;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.berth.controller.core.RefusalCode;
import dev.berth.v1.Event;
import io.grpc.StatusRuntimeException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The newest 10,000 events and those who follow them. Used by one thread.
final class EventLog {
  private static final int KEPT = 10_000;
  private static final int OUTBOX_MAX = 2 * KEPT;

  private final Deque<Event> events = new ArrayDeque<>();
  private final Set<Follower> followers = new LinkedHashSet<>();

  /// What a reader wants to see.
  ///
  /// @param namespace "-": all; events of nodes always pass
  /// @param workload empty: all
  /// @param node empty: all
  /// @param since only events from then on
  record Filter(String namespace, String workload, String node, Timestamp since) {
    boolean passes(Event event) {
      return (namespace.equals("-")
              || event.getNamespace().isEmpty()
              || namespace.equals(event.getNamespace()))
          && (workload.isEmpty() || workload.equals(event.getWorkload()))
          && (node.isEmpty() || node.equals(event.getNode()))
          && Timestamps.compare(event.getTime(), since) >= 0;
    }
  }

  private record Follower(Filter filter, Outbox<Event> outbox) {}

  void published(List<Event> fresh) {
    for (Event event : fresh) {
      events.addLast(event);
      if (events.size() > KEPT) {
        events.removeFirst();
      }
      for (Follower follower : List.copyOf(followers)) {
        if (!offer(follower, event)) {
          followers.remove(follower);
          follower.outbox().fail(tooSlow());
        }
      }
    }
  }

  private static boolean offer(Follower follower, Event event) {
    return !follower.filter().passes(event) || follower.outbox().offer(event);
  }

  /// Sends what is kept, then, with `follow`, what comes.
  ///
  /// @return what to run when the reader has gone
  Runnable read(Filter filter, boolean follow, Outbox<Event> outbox) {
    Follower follower = new Follower(filter, outbox);
    for (Event event : events) {
      if (!offer(follower, event)) {
        return () -> {};
      }
    }
    if (!follow) {
      outbox.complete();
      return () -> {};
    }
    followers.add(follower);
    return () -> followers.remove(follower);
  }

  void end(String reason) {
    failAll(StatusMapper.refused(RefusalCode.UNAVAILABLE, reason));
    events.clear();
  }

  /// Some events were not seen.
  void overflow() {
    failAll(tooSlow());
  }

  private void failAll(StatusRuntimeException reason) {
    List<Follower> all = List.copyOf(followers);
    followers.clear();
    all.forEach(follower -> follower.outbox().fail(reason));
  }

  private static StatusRuntimeException tooSlow() {
    return StatusMapper.refused(
        RefusalCode.RESOURCE_EXHAUSTED, "the reader is too slow: read again");
  }

  /// Most events that wait for one reader.
  static int outboxMax() {
    return OUTBOX_MAX;
  }
}
