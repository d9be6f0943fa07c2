package dev.berth.cli.testing;

import com.google.protobuf.ByteString;
import dev.berth.v1.CopyFromInstanceRequest;
import dev.berth.v1.CopyFromInstanceResponse;
import dev.berth.v1.CopyToInstanceRequest;
import dev.berth.v1.CopyToInstanceResponse;
import dev.berth.v1.GetInstanceRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceServiceGrpc;
import dev.berth.v1.InstanceState;
import dev.berth.v1.KillInstanceRequest;
import dev.berth.v1.KillInstanceResponse;
import dev.berth.v1.ListInstancesRequest;
import dev.berth.v1.ListInstancesResponse;
import dev.berth.v1.ListProcessesRequest;
import dev.berth.v1.ListProcessesResponse;
import dev.berth.v1.LogChunk;
import dev.berth.v1.LogSource;
import dev.berth.v1.PathStat;
import dev.berth.v1.PauseInstanceRequest;
import dev.berth.v1.PauseInstanceResponse;
import dev.berth.v1.StatPathRequest;
import dev.berth.v1.StreamLogsRequest;
import dev.berth.v1.UnpauseInstanceRequest;
import dev.berth.v1.UnpauseInstanceResponse;
import dev.berth.v1.UsageSample;
import dev.berth.v1.WatchInstancesRequest;
import dev.berth.v1.WatchInstancesResponse;
import dev.berth.v1.WatchUsageRequest;
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
  private final Map<String, List<UsageSample>> usage = new HashMap<>();
  private final List<ListProcessesResponse> processes = new ArrayList<>();
  private final FakeFiles files = new FakeFiles();
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

  @Override
  public synchronized void killInstance(
      KillInstanceRequest request, StreamObserver<KillInstanceResponse> out) {
    Instance found = find(request.getInstance());
    if (found == null) {
      out.onError(notFound(request.getInstance()));
      return;
    }
    out.onNext(KillInstanceResponse.getDefaultInstance());
    out.onCompleted();
  }

  /// What instances use from now on: a sample for each call, after which their streams end; none:
  /// nobody measures them.
  public synchronized void use(String id, UsageSample... samples) {
    usage.put(id, List.of(samples));
  }

  @Override
  public synchronized void watchUsage(WatchUsageRequest request, StreamObserver<UsageSample> out) {
    List<UsageSample> samples = usage.getOrDefault(request.getInstance(), List.of());
    if (samples.isEmpty()) {
      out.onError(
          Status.FAILED_PRECONDITION.withDescription("nobody measures it").asRuntimeException());
      return;
    }
    // The stream stays open, as that of something that runs.
    samples.forEach(out::onNext);
  }

  /// The processes of every instance.
  public synchronized void processes(ListProcessesResponse... messages) {
    processes.clear();
    processes.addAll(List.of(messages));
  }

  @Override
  public synchronized void listProcesses(
      ListProcessesRequest request, StreamObserver<ListProcessesResponse> out) {
    processes.forEach(out::onNext);
    out.onCompleted();
  }

  /// Where the files of every instance are; its root.
  public FakeFiles files() {
    return files;
  }

  @Override
  public void statPath(StatPathRequest request, StreamObserver<PathStat> out) {
    files.stat(request.getPath(), out);
  }

  @Override
  public void copyFromInstance(
      CopyFromInstanceRequest request, StreamObserver<CopyFromInstanceResponse> out) {
    files.send(request.getPath(), out);
  }

  @Override
  public StreamObserver<CopyToInstanceRequest> copyToInstance(
      StreamObserver<CopyToInstanceResponse> out) {
    return files.take(out);
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
