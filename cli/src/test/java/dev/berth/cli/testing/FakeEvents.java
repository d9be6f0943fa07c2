package dev.berth.cli.testing;

import dev.berth.v1.Event;
import dev.berth.v1.EventServiceGrpc;
import dev.berth.v1.WatchEventsRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Events; new ones reach followers at once.
public final class FakeEvents extends EventServiceGrpc.EventServiceImplBase {
  private final List<Event> events = new ArrayList<>();
  private final List<StreamObserver<Event>> followers = new ArrayList<>();

  private final CountDownLatch followed = new CountDownLatch(1);

  FakeEvents() {}

  /// Adds an event.
  public synchronized void add(Event event) {
    events.add(event);
    followers.forEach(follower -> follower.onNext(event));
  }

  /// Waits until someone follows.
  ///
  /// @return false when nobody does within a minute
  public boolean awaitFollower() throws InterruptedException {
    return followed.await(1, TimeUnit.MINUTES);
  }

  @Override
  public synchronized void watchEvents(WatchEventsRequest request, StreamObserver<Event> out) {
    events.forEach(out::onNext);
    if (request.getFollow()) {
      ((ServerCallStreamObserver<Event>) out).setOnCancelHandler(() -> forget(out));
      followers.add(out);
      followed.countDown();
    } else {
      out.onCompleted();
    }
  }

  private synchronized void forget(StreamObserver<Event> follower) {
    followers.remove(follower);
  }
}
