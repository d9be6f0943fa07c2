package dev.berth.controller.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.ClusterEvent.HeartbeatReceived;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboxTest {
  private final Inbox inbox = new Inbox();

  @Test
  void keepsTheNewestHeartbeatOfEachSessionUntilTheTick() throws InterruptedException {
    assertTrue(offer(new HeartbeatReceived(1, "a", 1)));
    assertTrue(offer(new HeartbeatReceived(2, "b", 7)));
    assertTrue(offer(new HeartbeatReceived(1, "a", 2)));
    assertEquals(List.of(), inbox.take(10, 0), "heartbeats wake nobody");
    assertEquals(
        List.of(new HeartbeatReceived(1, "a", 2), new HeartbeatReceived(2, "b", 7)),
        events(inbox.takeHeartbeats()));
    assertEquals(List.of(), inbox.takeHeartbeats());
  }

  @Test
  void heartbeatsTakeNoRoomOfOtherEvents() {
    for (int i = 0; i < 100_000; i++) {
      assertTrue(offer(new HeartbeatReceived(1, "a", i)));
    }
    assertTrue(offer(new ClusterEvent.SessionClosed(1, "a", "over")));
  }

  @Test
  void refusesWhatUsersAskWhenTooMuchWaitsButNotWhatAgentsSay() throws InterruptedException {
    int taken = 0;
    while (offer(new ClusterEvent.RevokeToken(taken, revoke()))) {
      taken++;
    }
    assertTrue(taken >= 1_000);
    assertTrue(offer(new ClusterEvent.SessionClosed(1, "a", "over")));
    assertEquals(100, inbox.take(100, 0).size());
    assertTrue(offer(new ClusterEvent.RevokeToken(taken, revoke())));
  }

  @Test
  void forgetsHeartbeatsWhenTheTermEnds() {
    assertTrue(offer(new HeartbeatReceived(1, "a", 1)));
    assertFalse(inbox.drain().stream().anyMatch(each -> each.event() instanceof ClusterEvent.Tick));
    assertEquals(List.of(), inbox.takeHeartbeats());
  }

  private boolean offer(ClusterEvent event) {
    return inbox.offer(new Queued(event, 0));
  }

  private static dev.berth.v1.RevokeTokenRequest revoke() {
    return dev.berth.v1.RevokeTokenRequest.getDefaultInstance();
  }

  private static List<ClusterEvent> events(List<Queued> queued) {
    return queued.stream().map(Queued::event).toList();
  }
}
