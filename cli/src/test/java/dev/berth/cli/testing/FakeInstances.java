package dev.berth.cli.testing;

import com.google.protobuf.ByteString;
import dev.berth.v1.GetInstanceRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceServiceGrpc;
import dev.berth.v1.InstanceState;
import dev.berth.v1.ListInstancesRequest;
import dev.berth.v1.ListInstancesResponse;
import dev.berth.v1.LogChunk;
import dev.berth.v1.LogSource;
import dev.berth.v1.PauseInstanceRequest;
import dev.berth.v1.PauseInstanceResponse;
import dev.berth.v1.StreamLogsRequest;
import dev.berth.v1.UnpauseInstanceRequest;
import dev.berth.v1.UnpauseInstanceResponse;
import dev.berth.v1.WatchInstancesRequest;
import dev.berth.v1.WatchInstancesResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Instances and their output. Changes reach watchers at once.
public final class FakeInstances extends InstanceServiceGrpc.InstanceServiceImplBase {
  private final Map<String, Instance> instances = new LinkedHashMap<>();
  private final Map<String, List<LogChunk>> logs = new HashMap<>();
  private final List<Watcher> watchers = new ArrayList<>();
  private long revision = 1;

  FakeInstances() {}

  /// Adds an instance or replaces the one with its id.
  public synchronized void put(Instance instance) {
    instances.put(instance.getId(), instance);
    revision++;
    for (Watcher watcher : watchers) {
      watcher.send(
          WatchInstancesResponse.newBuilder().setRevision(revision).addChanged(instance).build());
    }
  }

  /// Forgets an instance.
  public synchronized void remove(String id) {
    instances.remove(id);
    revision++;
    for (Watcher watcher : watchers) {
      watcher.send(
          WatchInstancesResponse.newBuilder().setRevision(revision).addRemoved(id).build());
    }
  }

  /// Whether anyone watches.
  public synchronized boolean isWatched() {
    return !watchers.isEmpty();
  }

  /// Ends the streams of all watchers.
  public synchronized void endWatches(Status status) {
    watchers.forEach(watcher -> watcher.observer.onError(status.asRuntimeException()));
    watchers.clear();
  }

  /// Adds to the output of an instance.
  public synchronized void print(String id, LogSource source, String text) {
    ByteString data = ByteString.copyFrom(text, StandardCharsets.UTF_8);
    logs.computeIfAbsent(id, _ -> new ArrayList<>())
        .add(LogChunk.newBuilder().setSource(source).setData(data).build());
  }

  @Override
  public synchronized void getInstance(GetInstanceRequest request, StreamObserver<Instance> out) {
    Instance found = find(request.getInstance());
    if (found == null) {
      out.onError(notFound(request.getInstance()));
    } else {
      out.onNext(found);
      out.onCompleted();
    }
  }

  @Override
  public synchronized void listInstances(
      ListInstancesRequest request, StreamObserver<ListInstancesResponse> out) {
    ListInstancesResponse.Builder answer = ListInstancesResponse.newBuilder().setRevision(revision);
    for (Instance instance : instances.values()) {
      boolean ended =
          instance.getStatus().getState().getNumber() > InstanceState.INSTANCE_STATE_STOPPING_VALUE;
      boolean meant =
          fits(request.getWorkload(), instance.getWorkload())
              && fits(request.getNode(), instance.getNode());
      if (meant && (request.getIncludeFinal() || !ended)) {
        answer.addInstances(instance);
      }
    }
    out.onNext(answer.build());
    out.onCompleted();
  }

  @Override
  public synchronized void watchInstances(
      WatchInstancesRequest request, StreamObserver<WatchInstancesResponse> out) {
    Watcher watcher = new Watcher(request.getWorkload(), out);
    ((ServerCallStreamObserver<WatchInstancesResponse>) out)
        .setOnCancelHandler(() -> forget(watcher));
    watchers.add(watcher);
    watcher.send(
        WatchInstancesResponse.newBuilder()
            .setRevision(revision)
            .addAllChanged(instances.values())
            .setSynced(true)
            .build());
  }

  @Override
  public synchronized void streamLogs(StreamLogsRequest request, StreamObserver<LogChunk> out) {
    Instance found = find(request.getInstance());
    if (found == null) {
      out.onError(notFound(request.getInstance()));
    } else {
      logs.getOrDefault(found.getId(), List.of()).forEach(out::onNext);
      out.onCompleted();
    }
  }

  @Override
  public synchronized void pauseInstance(
      PauseInstanceRequest request, StreamObserver<PauseInstanceResponse> out) {
    stand(request.getInstance(), true, PauseInstanceResponse.getDefaultInstance(), out);
  }

  @Override
  public synchronized void unpauseInstance(
      UnpauseInstanceRequest request, StreamObserver<UnpauseInstanceResponse> out) {
    stand(request.getInstance(), false, UnpauseInstanceResponse.getDefaultInstance(), out);
  }

  private <A> void stand(String name, boolean still, A answer, StreamObserver<A> out) {
    Instance found = find(name);
    if (found == null) {
      out.onError(notFound(name));
      return;
    }
    Instance.Builder changed = found.toBuilder();
    changed.getStatusBuilder().setPaused(still);
    put(changed.build());
    out.onNext(answer);
    out.onCompleted();
  }

  private synchronized void forget(Watcher watcher) {
    watchers.remove(watcher);
  }

  private @org.jspecify.annotations.Nullable Instance find(String name) {
    for (Instance instance : List.copyOf(instances.values()).reversed()) {
      if (instance.getName().equals(name) || instance.getId().startsWith(name)) {
        return instance;
      }
    }
    return null;
  }

  private static boolean fits(String wanted, String value) {
    return wanted.isEmpty() || wanted.equals(value);
  }

  private static RuntimeException notFound(String name) {
    return Status.NOT_FOUND
        .withDescription("there is no instance \"" + name + "\"")
        .asRuntimeException();
  }

  private record Watcher(String workload, StreamObserver<WatchInstancesResponse> observer) {
    void send(WatchInstancesResponse change) {
      WatchInstancesResponse.Builder meant = change.toBuilder().clearChanged();
      change.getChangedList().stream()
          .filter(instance -> fits(workload, instance.getWorkload()))
          .forEach(meant::addChanged);
      observer.onNext(meant.build());
    }
  }
}
