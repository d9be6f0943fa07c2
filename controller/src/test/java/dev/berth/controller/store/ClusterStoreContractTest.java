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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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

  /// Commits one stage and waits until it is durable.
  static void commit(Connection connection, LeaderTerm term, List<Write> writes) throws Exception {
    try {
      connection.store().commit(term, List.of(writes)).get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StoreException known ? known : e;
    }
  }

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
      commit(one, term, List.of(put("a/1", "x"), put("a/2", "y"), put("b", "")));
      commit(one, term, List.of(put("a/1", "z"), remove("a/2"), put("c", "new")));
      commit(one, term, List.of(put("a/1", "zz"), put("a/2", "again")));
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
      commit(old, first, List.of(put("k", "1")));
      old.election().resign(first);
      LeaderTerm second = successor.election().campaign();
      assertTrue(second.epoch() > first.epoch());
      assertThrows(
          StoreException.Fenced.class,
          () -> commit(old, first, List.of(put("k", "late"), put("new", "late"))));
      assertThrows(
          StoreException.Fenced.class, () -> commit(old, first, List.of(put("unheard", "late"))));
      assertEquals(List.of("k"), List.copyOf(successor.store().load(second).keySet()));
      commit(successor, second, List.of(put("k", "2")));
      successor.election().resign(second);
    }
  }

  @Test
  void refusesToReplaceWhatItHasNotSeen() throws Exception {
    try (Connection blind = connect()) {
      LeaderTerm term = blind.election().campaign();
      blind.store().load(term);
      commit(blind, term, List.of(put("k", "1")));
      try (Connection other = connect()) {
        // The same term, but a view from before the commit: as after a restored snapshot.
        assertThrows(
            StoreException.Fenced.class, () -> commit(other, term, List.of(put("k", "2"))));
        other.store().load(term);
        commit(other, term, List.of(put("k", "3")));
      }
      assertThrows(StoreException.Fenced.class, () -> commit(blind, term, List.of(put("k", "4"))));
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
      commit(one, term, many);
      assertEquals(expected, one.store().load(term));
      one.election().resign(term);
    }
  }

  @Test
  void writesCommitsInTheOrderInWhichTheyWereBegun() throws Exception {
    try (Connection one = connect()) {
      LeaderTerm term = one.election().campaign();
      one.store().load(term);
      List<CompletableFuture<Void>> begun = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        begun.add(
            one.store()
                .commit(
                    term,
                    List.of(
                        List.of(put("same", "v" + i)),
                        List.of(i % 2 == 0 ? put("other", "v" + i) : remove("other")))));
      }
      for (CompletableFuture<Void> each : begun) {
        each.get();
      }
      assertEquals(Map.of("same", ByteString.copyFromUtf8("v19")), one.store().load(term));
      one.election().resign(term);
    }
  }

  @Test
  void writesAStageOnlyAfterTheOneBefore() throws Exception {
    try (Connection one = connect()) {
      LeaderTerm term = one.election().campaign();
      one.store().load(term);
      List<Write> first = new ArrayList<>();
      List<Write> second = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        first.add(put("first/" + i, "v"));
        second.add(put("second/" + i, "v"));
      }
      one.store().commit(term, List.of(first, second)).get();
      assertEquals(600, one.store().load(term).size());
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
