package dev.berth.simulation.check;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.berth.store.v1.StoredAssignments;
import dev.berth.store.v1.StoredGroup;
import dev.berth.store.v1.StoredInstance;
import dev.berth.store.v1.StoredWorkload;
import dev.berth.v1.Workload;
import io.etcd.jetcd.api.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is durable, decoded as it is written.
public final class StoredState {
  private static final String WORKLOADS = "/berth/workloads/default/";
  private static final String ASSIGNMENTS = "/berth/assignments/";

  private final Map<String, Map<String, DurableInstance>> byNode = new TreeMap<>();
  private final Map<String, Workload> workloads = new TreeMap<>();

  /// Is told what a commit changed.
  public interface Listener {
    /// A node's assignments were replaced.
    void assigned(
        String node, Map<String, DurableInstance> before, Map<String, DurableInstance> after);

    /// A workload was written; null: removed.
    void workload(String name, @Nullable Workload before, @Nullable Workload after);
  }

  /// Takes the changes of one commit, all of them before anyone is told.
  public void take(List<Event> changes, Listener listener) {
    List<Runnable> news = new ArrayList<>();
    for (Event change : changes) {
      String key = change.getKv().getKey().toStringUtf8();
      boolean put = change.getType() == Event.EventType.PUT;
      if (key.startsWith(ASSIGNMENTS)) {
        String node = key.substring(ASSIGNMENTS.length());
        Map<String, DurableInstance> before = assignments(node);
        Map<String, DurableInstance> after = put ? decode(change.getKv().getValue()) : Map.of();
        byNode.put(node, after);
        news.add(() -> listener.assigned(node, before, after));
      } else if (key.startsWith(WORKLOADS)) {
        String name = key.substring(WORKLOADS.length());
        Workload before = workloads.get(name);
        Workload after = put ? workload(change.getKv().getValue()) : null;
        if (after == null) {
          workloads.remove(name);
        } else {
          workloads.put(name, after);
        }
        news.add(() -> listener.workload(name, before, after));
      }
    }
    news.forEach(Runnable::run);
  }

  private static Map<String, DurableInstance> decode(ByteString value) {
    try {
      Map<String, DurableInstance> instances = new TreeMap<>();
      for (StoredGroup group : StoredAssignments.parseFrom(value).getGroupsList()) {
        for (StoredInstance each : group.getInstancesList()) {
          DurableInstance instance = DurableInstance.of(group, each);
          instances.put(instance.id(), instance);
        }
      }
      return instances;
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("assignments cannot be read", e);
    }
  }

  private static Workload workload(ByteString value) {
    try {
      return StoredWorkload.parseFrom(value).getWorkload();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a workload cannot be read", e);
    }
  }

  /// The instances of a node, by id.
  public Map<String, DurableInstance> assignments(String node) {
    return byNode.getOrDefault(node, Map.of());
  }

  /// A workload; null: there is none.
  public @Nullable Workload workload(String name) {
    return workloads.get(name);
  }
}
