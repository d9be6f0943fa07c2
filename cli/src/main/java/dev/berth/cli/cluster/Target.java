package dev.berth.cli.cluster;

import dev.berth.cli.term.FailureException;
import dev.berth.spec.Names;
import dev.berth.spec.Printable;
import dev.berth.spec.SlotName;
import dev.berth.v1.GetInstanceRequest;
import dev.berth.v1.GetWorkloadRequest;
import dev.berth.v1.Instance;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;

/// What a user meant: a workload, or one slot of it.
///
/// @param workload name
/// @param slots the slot, or empty for the whole workload
public record Target(String workload, List<Integer> slots) {
  /// Copies the list.
  public Target {
    slots = List.copyOf(slots);
  }

  /// True for a whole workload.
  public boolean isWhole() {
    return slots.isEmpty();
  }

  /// As users write it: `web` or `web.2`.
  @Override
  public String toString() {
    return slots.isEmpty() ? workload : Names.slotName(workload, slots.getFirst());
  }

  /// Finds out what `web`, `web.2` or a prefix of an instance's id means.
  ///
  /// @throws FailureException when it is none of these
  public static Target resolve(Cluster cluster, String text) {
    SlotName slot = SlotName.parse(text);
    if (slot != null) {
      return new Target(slot.workload(), List.of(slot.slot()));
    }
    requireGrammar(text);
    try {
      var _ =
          cluster
              .workloads()
              .getWorkload(
                  GetWorkloadRequest.newBuilder()
                      .setNamespace(cluster.namespace())
                      .setName(text)
                      .build());
      return new Target(text, List.of());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.NOT_FOUND || !isIdPrefix(text)) {
        throw e;
      }
      Instance instance = instance(cluster, text, e);
      return new Target(instance.getWorkload(), List.of(instance.getSlot()));
    }
  }

  /// True when the text may begin an instance's id.
  public static boolean isIdPrefix(String text) {
    return !text.isEmpty()
        && text.length() <= 32
        && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  /// Refuses what can be no name, before it is sent anywhere.
  public static void requireGrammar(String text) {
    if (Names.workloadProblem(text) != null && SlotName.parse(text) == null && !isIdPrefix(text)) {
      throw FailureException.usage(
          "name: value: "
              + Printable.quote(text)
              + " (expected: a workload such as web, a slot such as web.2, or an instance's id)");
    }
  }

  private static Instance instance(Cluster cluster, String id, StatusRuntimeException otherwise) {
    try {
      return cluster
          .instances()
          .getInstance(
              GetInstanceRequest.newBuilder()
                  .setNamespace(cluster.namespace())
                  .setInstance(id)
                  .build());
    } catch (StatusRuntimeException e) {
      throw e.getStatus().getCode() == Status.Code.NOT_FOUND ? otherwise : e;
    }
  }
}
