package dev.berth.cli.testing;

import dev.berth.v1.Event;
import dev.berth.v1.EventServiceGrpc;
import dev.berth.v1.WatchEventsRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;

/// Events; new ones reach followers at once.
public final class FakeEvents extends EventServiceGrpc.EventServiceImplBase {
  private final List<Event> events = new ArrayList<>();
  private final List<StreamObserver<Event>> followers = new ArrayList<>();

  FakeEvents() {}

  /// Adds an event.
  public synchronized void add(Event event) {
    events.add(event);
    followers.forEach(follower -> follower.onNext(event));
  }

  /// Those who follow now.
  public synchronized int followers() {
    return followers.size();
  }

  @Override
  public synchronized void watchEvents(WatchEventsRequest request, StreamObserver<Event> out) {
    events.forEach(out::onNext);
    if (request.getFollow()) {
      ((ServerCallStreamObserver<Event>) out).setOnCancelHandler(() -> forget(out));
      followers.add(out);
    } else {
      out.onCompleted();
    }
  }

  private synchronized void forget(StreamObserver<Event> follower) {
    followers.remove(follower);
  }
}
