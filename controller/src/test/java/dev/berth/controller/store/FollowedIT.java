package dev.berth.controller.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.options.CompactOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/// A controller that follows: its copy of the state and what it knows of the leader, over a real
/// etcd.
@EnabledIf("dev.berth.controller.store.EtcdProcess#isInstalled")
@Timeout(120)
final class FollowedIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private EtcdProcess etcd;
  private Client client;
  private KV kv;
  private StateMirror mirror;

  @BeforeEach
  void start() throws Exception {
    etcd = EtcdProcess.start();
    client = Client.builder().endpoints(etcd.endpoint()).waitForReady(true).build();
    kv = client.getKVClient();
    mirror = new StateMirror(kv, client.getWatchClient(), new Etcd.Calls(Duration.ofSeconds(3)));
    mirror.start();
  }

  @AfterEach
  void stop() throws Exception {
    mirror.close();
    client.close();
    etcd.close();
  }

  @Test
  void keepsTheCopyUpToDate() throws Exception {
    put("nodes/a", "1");
    mirror.follow();
    await(() -> has("nodes/a", "1"));
    put("nodes/b", "2");
    put("nodes/a", "3");
    put(Etcd.CONTROLLERS + "xyz", "not part of the state");
    await(() -> has("nodes/a", "3") && has("nodes/b", "2"));
    delete("nodes/a");
    await(() -> !values().containsKey("nodes/a"));
    assertEquals("nodes/b", values().firstKey());
    assertEquals(1, values().size());
  }

  @Test
  void losesNothingWhenEtcdIsRestartedUnderItAgainAndAgain() throws Exception {
    mirror.follow();
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 50; i++) {
        put("nodes/r" + round + "-" + i, "v");
      }
      etcd.kill();
      etcd.restart();
      put("nodes/after-" + round, "v");
    }
    await(() -> values().size() == 5 * 51);
  }

  @Test
  void listsAgainWhenItsRevisionIsCompactedAway() throws Exception {
    mirror.follow();
    put("nodes/a", "1");
    await(() -> has("nodes/a", "1"));
    etcd.kill();
    etcd.restart();
    delete("nodes/a");
    long revision = put("nodes/b", "2");
    kv.compact(revision, CompactOption.builder().withCompactPhysical(true).build())
        .get(10, TimeUnit.SECONDS);
    await(() -> has("nodes/b", "2") && !values().containsKey("nodes/a"));
  }

  @Test
  void growsOldWithoutEtcdAndYoungAgainWithIt() throws Exception {
    put("nodes/a", "1");
    mirror.follow();
    await(() -> has("nodes/a", "1"));
    await(() -> age().toMillis() < 1_500);
    etcd.kill();
    await(() -> age().toMillis() > 3_000);
    assertTrue(has("nodes/a", "1"));
    etcd.restart();
    await(() -> age().toMillis() < 1_500);
  }

  @Test
  void dropsTheCopyWhileItLeads() throws Exception {
    put("nodes/a", "1");
    mirror.follow();
    await(() -> has("nodes/a", "1"));
    mirror.rest();
    assertEquals(Optional.empty(), Optional.ofNullable(mirror.copy()));
    put("nodes/a", "2");
    mirror.follow();
    await(() -> has("nodes/a", "2"));
  }

  @Test
  void tellsWhoLeadsAndThatNobodyDoes() throws Exception {
    try (Etcd leader = Etcd.connect(etcd.settings());
        Etcd follower = Etcd.connect(etcd.settings())) {
      ControllerRecord record =
          new ControllerRecord("abcdefgh", "10.0.0.1:7443", "test", Instant.EPOCH);
      leader.introduce(record);
      LeaderTerm term = leader.election().campaign();
      await(() -> address(follower).equals("10.0.0.1:7443"));
      assertTrue(leader.followed().leads());
      assertEquals("abcdefgh", follower.followed().controllers().getFirst().id());
      long resigned = System.nanoTime();
      leader.election().resign(term);
      await(() -> follower.followed().leader().isEmpty());
      LeaderTerm next = follower.election().campaign();
      long millis = (System.nanoTime() - resigned) / 1_000_000;
      assertTrue(millis < 2_000, "took " + millis + " ms");
      assertTrue(next.epoch() > term.epoch());
    }
  }

  private static String address(Etcd etcd) {
    return etcd.followed().leader().map(ControllerRecord::address).orElse("");
  }

  private Duration age() {
    StateMirror.Copy copy = mirror.standing();
    return copy == null
        ? Duration.ofDays(1)
        : Duration.ofNanos(System.nanoTime() - copy.confirmedNanos());
  }

  private NavigableMap<String, String> values() {
    NavigableMap<String, String> texts = new TreeMap<>();
    StateMirror.Copy copy = mirror.copy();
    if (copy != null) {
      copy.values().forEach((key, value) -> texts.put(key, value.toStringUtf8()));
    }
    return texts;
  }

  private boolean has(String key, String value) {
    return value.equals(values().get(key));
  }

  private long put(String key, String value) throws Exception {
    ByteSequence text = ByteSequence.from(value, StandardCharsets.UTF_8);
    // Repeated while etcd starts: the same value again changes nothing that is looked at.
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        return kv.put(Etcd.key(key), text).get(2, TimeUnit.SECONDS).getHeader().getRevision();
      } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  private void delete(String key) throws Exception {
    var _ = kv.delete(Etcd.key(key)).get(20, TimeUnit.SECONDS);
  }

  private static void await(BooleanSupplier wanted) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!wanted.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + LIMIT);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
