package dev.berth.simulation.user;

import dev.berth.controller.core.Outcome;
import dev.berth.controller.core.Refusal;
import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.controller.loop.Snapshot;
import dev.berth.simulation.check.DurableInstance;
import dev.berth.simulation.check.StoredState;
import dev.berth.simulation.check.Violations;
import dev.berth.simulation.kernel.Kernel;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A user who has one workload, by name: asks for one thing after another, each until it is
/// answered, and remembers what was promised.
public final class WorkloadOwner implements StoredState.Listener {
  private static final long SECOND = 1_000_000_000L;
  private static final long ANSWER_NANOS = 5 * SECOND;
  private static final long ROLLING_NANOS = 25 * SECOND;

  private final Kernel kernel;
  private final Api api;
  private final Violations violations;
  private final StoredState stored;
  private final String name;
  private final int index;
  private final LostPolicy lost;
  private final RandomGenerator random;
  private final RandomSpecs specs;
  private final Set<String> gone = new HashSet<>();
  private final Set<String> made = new HashSet<>();
  private final Map<String, Long> restartsSeen = new TreeMap<>();
  private @Nullable Promise promise;
  private @Nullable Wish wish;
  private int controller;
  private long attempt;
  private long restarts;
  private long wishes;
  private long lastRevision;
  private long movedAt;

  /// Where users live.
  ///
  /// @param stored what is durable
  public record Surroundings(Kernel kernel, Api api, Violations violations, StoredState stored) {}

  /// A user who has asked for nothing yet.
  public WorkloadOwner(Surroundings surroundings, int index) {
    this.kernel = surroundings.kernel();
    this.api = surroundings.api();
    this.violations = surroundings.violations();
    this.stored = surroundings.stored();
    this.index = index;
    this.name = nameOf(index);
    this.lost = lostPolicyOf(name);
    this.random = kernel.random("user " + index);
    this.specs = new RandomSpecs(random);
  }

  /// The name of a user's workload.
  public static String nameOf(int index) {
    return "w" + index;
  }

  /// What is to become of a workload's slots when their node is lost: of each three workloads one
  /// is replaced, one fenced, one held.
  public static LostPolicy lostPolicyOf(String name) {
    return switch (name.length() > 1 ? Integer.parseInt(name.substring(1)) % 3 : 1) {
      case 0 -> LostPolicy.LOST_POLICY_HOLD;
      case 1 -> LostPolicy.LOST_POLICY_REPLACE;
      default -> LostPolicy.LOST_POLICY_FENCE;
    };
  }

  /// The name of the workload.
  public String name() {
    return name;
  }

  /// Whether nothing is asked for just now.
  public boolean isIdle() {
    return wish == null;
  }

  /// Whether an update may still be rolled out: one instance after the other, each when the one
  /// before has been fetched, started, and healthy for a while.
  public boolean isRolling() {
    return kernel.now() - movedAt < ROLLING_NANOS;
  }

  /// How many wishes there were.
  public long wishes() {
    return wishes;
  }

  /// Asks for something new, if nothing is being asked for.
  public void act() {
    if (wish == null) {
      begin(next());
    }
  }

  private Wish next() {
    Promise now = promise;
    if (now == null) {
      return new Wish.Create(specs.spec(index, lost), uuid());
    }
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> new Wish.Scale(specs.replicas());
      case 3, 4, 5 -> new Wish.Update(specs.spec(index, lost));
      case 6 -> new Wish.Restart();
      case 7 -> now.stopped() ? new Wish.Start() : new Wish.Stop();
      default -> new Wish.Delete();
    };
  }

  private String uuid() {
    return new UUID(
            (random.nextLong() & ~0xF000L) | 0x4000L, (random.nextLong() >>> 2) | (1L << 63))
        .toString();
  }

  /// Makes the workload, as a test wants it.
  public void create(WorkloadSpec spec) {
    begin(new Wish.Create(spec, uuid()));
  }

  /// Deletes it, if it ends by itself: so that nothing changes any more.
  public void settle() {
    Promise now = promise;
    if (wish == null && now != null && isRestless(now)) {
      begin(new Wish.Delete());
    }
  }

  private static boolean isRestless(Promise promise) {
    String image = promise.image();
    return image.startsWith("crash") || image.startsWith("oom") || image.startsWith("batch");
  }

  private void begin(Wish next) {
    wish = next;
    wishes++;
    made.clear();
    kernel.trace().note(kernel.now(), "wish", name, wishes);
    if (kernel.trace().isRead()) {
      kernel.trace().remark(kernel.now(), name + ": " + next.toString().replace('\n', ' '));
    }
    send(next);
  }

  private void send(Wish now) {
    long mine = ++attempt;
    if (now instanceof Wish.Restart) {
      restarts++;
    }
    api.send(
        controller,
        id -> now.request(id, name),
        outcome -> {
          if (mine == attempt) {
            attempt++;
            answered(now, outcome);
          }
        });
    kernel.after(
        ANSWER_NANOS,
        () -> {
          if (mine == attempt) {
            again(now);
          }
        });
  }

  private void again(Wish now) {
    long mine = ++attempt;
    controller = (controller + 1) % api.controllers();
    kernel.after(
        SECOND / 5 + random.nextLong(SECOND / 2),
        () -> {
          if (mine == attempt) {
            send(now);
          }
        });
  }

  private void answered(Wish now, Outcome outcome) {
    switch (outcome) {
      case Outcome.Success success -> {
        wish = null;
        kernel.trace().note(kernel.now(), "acknowledged", name, wishes);
        promised(now, (Workload) success.answer());
      }
      case Outcome.Refused(Refusal refusal) -> {
        if (refusal.code() == RefusalCode.UNAVAILABLE
            || refusal.code() == RefusalCode.RESOURCE_EXHAUSTED) {
          again(now);
        } else if (refusal.code() == RefusalCode.INVALID_ARGUMENT) {
          violations.add(0, "a user's request is wrong: " + refusal);
        } else {
          refused(now, refusal);
        }
      }
    }
  }

  private void promised(Wish now, Workload answer) {
    if (now instanceof Wish.Delete) {
      promise = null;
      Workload left = stored.workload(name);
      if (left != null && left.getUid().equals(answer.getUid()) && !left.getDeleting()) {
        violations.add(6, name + " was deleted, and the store does not know it");
      }
      return;
    }
    Promise next = Promise.of(answer);
    promise = next;
    Workload there = stored.workload(name);
    if (there == null || !next.isKeptBy(there)) {
      violations.add(
          5, name + ": " + now.getClass().getSimpleName() + " was acknowledged and is not stored");
    }
  }

  private void refused(Wish now, Refusal refusal) {
    wish = null;
    kernel.trace().note(kernel.now(), "refused " + refusal.code(), name, wishes);
    if (now instanceof Wish.Delete && refusal.code() == RefusalCode.NOT_FOUND) {
      promise = null;
    } else if (promise != null && refusal.code() == RefusalCode.NOT_FOUND) {
      violations.add(5, name + " was acknowledged, and is not found");
    }
  }

  @Override
  public void assigned(
      String node, Map<String, DurableInstance> before, Map<String, DurableInstance> after) {
    for (Map.Entry<String, DurableInstance> entry : after.entrySet()) {
      DurableInstance then = before.get(entry.getKey());
      DurableInstance now = entry.getValue();
      if (!now.workload().equals(name)) {
        continue;
      }
      if (!now.equals(then)) {
        movedAt = kernel.now();
      }
      if (then == null) {
        continue;
      }
      long more = now.restartGeneration() - then.restartGeneration();
      if (more > 0 && restartsSeen.merge(entry.getKey(), more, Long::sum) > restarts) {
        violations.add(5, entry.getKey() + " was restarted more often than it was asked for");
      }
    }
  }

  @Override
  public void workload(String changed, @Nullable Workload before, @Nullable Workload after) {
    if (!changed.equals(name)) {
      return;
    }
    if (before != null && (after == null || !after.getUid().equals(before.getUid()))) {
      gone.add(before.getUid());
      restartsSeen.clear();
    }
    if (after != null && gone.contains(after.getUid())) {
      violations.add(6, name + " was deleted and has come back");
    }
    if (before == null && after != null && wish instanceof Wish.Create) {
      made.add(after.getUid());
      if (made.size() > 1) {
        violations.add(5, name + " was made twice by one request");
      }
    }
    Promise kept = promise;
    if (wish == null && kept != null && (after == null || !kept.isKeptBy(after))) {
      violations.add(5, name + " was changed, and nobody asked for it");
    }
  }

  /// Reads from some controller.
  public void read() {
    Snapshot seen = api.read(random.nextInt(api.controllers()));
    if (seen == null) {
      return;
    }
    if (seen.revision() < lastRevision) {
      violations.add(11, "a user of " + name + " saw an older revision than before");
    }
    lastRevision = seen.revision();
    Promise kept = promise;
    WorkloadRecord there = seen.state().workload(new WorkloadKey("default", name));
    if (wish == null && kept != null && (there == null || !kept.isKeptBy(there.message()))) {
      violations.add(11, "a user of " + name + " does not see what was acknowledged");
    }
  }

  /// Whether every slot that should run has one live program, and no other slot has any.
  ///
  /// @return what is wrong; empty when nothing is
  public String unsettled(Map<String, Long> liveBySlot) {
    Promise now = promise;
    StringBuilder wrong = new StringBuilder();
    int wanted = now == null || now.stopped() ? 0 : now.spec().getReplicas();
    if (now != null) {
      for (int slot = 1; slot <= wanted; slot++) {
        long live = liveBySlot.getOrDefault(now.uid() + "." + slot, 0L);
        if (live != 1) {
          wrong.append(name).append('.').append(slot).append(" runs ").append(live).append("x; ");
        }
      }
    }
    for (Map.Entry<String, Long> entry : liveBySlot.entrySet()) {
      int dot = entry.getKey().lastIndexOf('.');
      String uid = entry.getKey().substring(0, dot);
      int slot = Integer.parseInt(entry.getKey().substring(dot + 1));
      boolean ours = now != null && uid.equals(now.uid());
      if (gone.contains(uid) || (ours && slot > wanted)) {
        wrong.append(name).append('.').append(slot).append(" runs and should not; ");
      }
    }
    return wrong.toString();
  }
}
