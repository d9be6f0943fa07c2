package dev.berth.controller.rpc;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.v1.Event;
import dev.berth.v1.EventServiceGrpc;
import dev.berth.v1.WatchEventsRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/// Events, from the feed.
final class EventRpc extends EventServiceGrpc.EventServiceImplBase {
  private final ControllerLoop loop;
  private final ChangeFeed feed;

  EventRpc(ControllerLoop loop, ChangeFeed feed) {
    this.loop = loop;
    this.feed = feed;
  }

  @Override
  public void watchEvents(WatchEventsRequest request, StreamObserver<Event> caller) {
    var _ = Answers.snapshot(loop);
    EventLog.Filter filter =
        new EventLog.Filter(
            Namespaces.oneOrAll(request.getNamespace()),
            request.getWorkload(),
            request.getNode(),
            request.hasSince() ? valid(request.getSince()) : Timestamps.MIN_VALUE);
    Departure departure = new Departure(feed);
    Outbox<Event> outbox =
        new Outbox<>(
            (ServerCallStreamObserver<Event>) caller, EventLog.outboxMax(), departure::leave);
    feed.run((_, events) -> departure.onLeave(events.read(filter, request.getFollow(), outbox)));
  }

  private static Timestamp valid(Timestamp since) {
    if (!Timestamps.isValid(since)) {
      throw StatusMapper.badField(
          "since", "not a point in time (expected: years 1 to 9999, nanos from 0 to 999999999)");
    }
    return since;
  }
}
