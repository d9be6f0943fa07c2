package dev.berth.controller.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.berth.controller.store.ClusterStore.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every [ClusterStore] and the [LeaderElection] beside it must do.
@Timeout(60)
abstract class ClusterStoreContractTest {
  /// A connection to the one store of this test: a store and an election.
  interface Connection extends AutoCloseable {
    ClusterStore store();

    LeaderElection election();

    @Override
    void close();
  }

  abstract Connection connect();

  private static Write put(String key, String value) {
    return new Write(key, ByteString.copyFromUtf8(value));
  }

  private static Write remove(String key) {
    return new Write(key, null);
  }

  @Test
  void loadsWhatWasCommitted() throws Exception {
    try (Connection one = connect()) {
      LeaderTerm term = one.election().campaign();
      assertTrue(one.store().load(term).isEmpty());
      one.store().commit(term, List.of(put("a/1", "x"), put("a/2", "y"), put("b", "")));
      one.store().commit(term, List.of(put("a/1", "z"), remove("a/2"), put("c", "new")));
      one.store().commit(term, List.of(put("a/1", "zz"), put("a/2", "again")));
      Map<String, ByteString> loaded = one.store().load(term);
      assertEquals(List.of("a/1", "a/2", "b", "c"), List.copyOf(loaded.keySet()));
      assertEquals(ByteString.copyFromUtf8("zz"), loaded.get("a/1"));
      assertEquals(ByteString.copyFromUtf8("again"), loaded.get("a/2"));
      one.election().resign(term);
    }
  }

  @Test
  void refusesADeposedLeader() throws Exception {
    try (Connection old = connect();
        Connection successor = connect()) {
      LeaderTerm first = old.election().campaign();
      old.store().load(first);
      old.store().commit(first, List.of(put("k", "1")));
      old.election().resign(first);
      LeaderTerm second = successor.election().campaign();
      assertTrue(second.epoch() > first.epoch());
      assertThrows(
          StoreException.Fenced.class,
          () -> old.store().commit(first, List.of(put("k", "late"), put("new", "late"))));
      assertThrows(
          StoreException.Fenced.class,
          () -> old.store().commit(first, List.of(put("unheard", "late"))));
      assertEquals(List.of("k"), List.copyOf(successor.store().load(second).keySet()));
      successor.store().commit(second, List.of(put("k", "2")));
      successor.election().resign(second);
    }
  }

  @Test
  void refusesToReplaceWhatItHasNotSeen() throws Exception {
    try (Connection blind = connect()) {
      LeaderTerm term = blind.election().campaign();
      blind.store().load(term);
      blind.store().commit(term, List.of(put("k", "1")));
      try (Connection other = connect()) {
        // The same term, but a view from before the commit: as after a restored snapshot.
        assertThrows(
            StoreException.Fenced.class, () -> other.store().commit(term, List.of(put("k", "2"))));
        other.store().load(term);
        other.store().commit(term, List.of(put("k", "3")));
      }
      assertThrows(
          StoreException.Fenced.class, () -> blind.store().commit(term, List.of(put("k", "4"))));
      blind.election().resign(term);
    }
  }

  @Test
  void takesMoreThanTheStoreTakesAtOnce() throws Exception {
    try (Connection one = connect()) {
      LeaderTerm term = one.election().campaign();
      one.store().load(term);
      List<Write> many = new ArrayList<>();
      Map<String, ByteString> expected = new TreeMap<>();
      for (int i = 0; i < 700; i++) {
        many.add(put("many/" + i, "v" + i));
        expected.put("many/" + i, ByteString.copyFromUtf8("v" + i));
      }
      for (int i = 0; i < 6; i++) {
        many.add(put("large/" + i, "x".repeat(600_000)));
        expected.put("large/" + i, ByteString.copyFromUtf8("x".repeat(600_000)));
      }
      one.store().commit(term, many);
      assertEquals(expected, one.store().load(term));
      one.election().resign(term);
    }
  }

  @Test
  void letsOneLeadAtATime() throws Exception {
    try (Connection one = connect();
        Connection two = connect()) {
      LeaderTerm first = one.election().campaign();
      assertTrue(one.election().holds(first));
      var waiting = new java.util.concurrent.CompletableFuture<LeaderTerm>();
      Thread rival =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      waiting.complete(two.election().campaign());
                    } catch (InterruptedException e) {
                      waiting.completeExceptionally(e);
                    }
                  });
      assertThrows(
          java.util.concurrent.TimeoutException.class,
          () -> waiting.get(700, java.util.concurrent.TimeUnit.MILLISECONDS));
      one.election().resign(first);
      LeaderTerm second = waiting.get(20, java.util.concurrent.TimeUnit.SECONDS);
      rival.join();
      assertTrue(!one.election().holds(first));
      assertTrue(two.election().holds(second));
      assertTrue(second.epoch() > first.epoch());
      two.election().resign(second);
    }
  }
}
