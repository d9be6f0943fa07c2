package dev.berth.controller.rpc;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.controller.loop.Snapshot;
import dev.berth.spec.Signals;
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
import dev.berth.v1.LogStreamRequest;
import dev.berth.v1.OpenStream;
import dev.berth.v1.PathStat;
import dev.berth.v1.PauseInstanceRequest;
import dev.berth.v1.PauseInstanceResponse;
import dev.berth.v1.PauseStreamRequest;
import dev.berth.v1.ProcessesStreamRequest;
import dev.berth.v1.SignalStreamRequest;
import dev.berth.v1.StatPathRequest;
import dev.berth.v1.StreamLogsRequest;
import dev.berth.v1.UnpauseInstanceRequest;
import dev.berth.v1.UnpauseInstanceResponse;
import dev.berth.v1.UsageSample;
import dev.berth.v1.UsageStreamRequest;
import dev.berth.v1.WatchInstancesRequest;
import dev.berth.v1.WatchInstancesResponse;
import dev.berth.v1.WatchUsageRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Instances: reads, watches, output, and what is asked of their nodes.
final class InstanceRpc extends InstanceServiceGrpc.InstanceServiceImplBase {
  private static final int TAIL_MAX = 1_000_000;
  private static final int POSITION_MAX = 64;
  private static final int OPTIONS_MAX = 32;
  private static final Pattern OPTION = Pattern.compile("[\\x21-\\x7e]{1,256}");
  private static final Duration INTERVAL_DEFAULT = Durations.fromSeconds(1);
  private static final Duration INTERVAL_MIN = Durations.fromMillis(500);
  private static final Duration INTERVAL_MAX = Durations.fromHours(1);

  private final ControllerLoop loop;
  private final ChangeFeed feed;
  private final StreamBroker broker;

  InstanceRpc(ControllerLoop loop, ChangeFeed feed, StreamBroker broker) {
    this.loop = loop;
    this.feed = feed;
    this.broker = broker;
  }

  @Override
  public void getInstance(GetInstanceRequest request, StreamObserver<Instance> caller) {
    ClusterState state = Answers.snapshot(loop).state();
    String namespace = Namespaces.one(request.getNamespace());
    Answers.sendNow(InstanceLookup.find(state, namespace, request.getInstance()).message(), caller);
  }

  @Override
  public void listInstances(
      ListInstancesRequest request, StreamObserver<ListInstancesResponse> caller) {
    Snapshot now = Answers.snapshot(loop);
    String namespace = Namespaces.oneOrAll(request.getNamespace());
    String question =
        "instances %s %s %s %s"
            .formatted(
                namespace, request.getWorkload(), request.getNode(), request.getIncludeFinal());
    List<String> last = Paging.position(request.getPageToken(), question, 3);
    Paging.Page<Instance> page =
        Paging.page(
            wanted(now.state(), namespace, request, last),
            Paging.size(request.getPageSize()),
            question,
            InstanceRecord::message,
            each ->
                List.of(
                    each.workload().namespace(),
                    each.workload().name(),
                    each.slot() + "." + each.attempt().number()));
    Answers.sendNow(
        ListInstancesResponse.newBuilder()
            .addAllInstances(page.items())
            .setNextPageToken(page.nextToken())
            .setRevision(now.revision())
            .build(),
        caller);
  }

  private static Iterator<InstanceRecord> wanted(
      ClusterState state, String namespace, ListInstancesRequest request, List<String> last) {
    SortedMap<WorkloadKey, WorkloadRecord> workloads = state.workloads();
    Stream<InstanceRecord> rest;
    if (last.isEmpty()) {
      rest = workloads.keySet().stream().flatMap(key -> state.instancesOf(key).stream());
    } else {
      WorkloadKey from = new WorkloadKey(last.get(0), last.get(1));
      Place place = Place.parse(last.get(2));
      rest =
          workloads.tailMap(from).keySet().stream()
              .flatMap(key -> state.instancesOf(key).stream())
              .filter(each -> !each.workload().equals(from) || place.isBefore(each));
    }
    return rest.filter(
            each ->
                (namespace.equals(Namespaces.ALL) || each.workload().namespace().equals(namespace))
                    && (request.getWorkload().isEmpty()
                        || each.workload().name().equals(request.getWorkload()))
                    && (request.getNode().isEmpty() || each.node().equals(request.getNode()))
                    && (request.getIncludeFinal() || !each.isFinal()))
        .iterator();
  }

  /// Where a page ended within a workload.
  private record Place(int slot, long attempt) {
    static Place parse(String text) {
      int dot = text.indexOf('.');
      try {
        return new Place(
            Integer.parseInt(text, 0, Math.max(dot, 0), 10),
            Long.parseLong(text, dot + 1, text.length(), 10));
      } catch (NumberFormatException e) {
        var refused = Paging.badToken();
        refused.initCause(e);
        throw refused;
      }
    }

    boolean isBefore(InstanceRecord instance) {
      return instance.slot() > slot
          || (instance.slot() == slot && instance.attempt().number() < attempt);
    }
  }

  @Override
  public void watchInstances(
      WatchInstancesRequest request, StreamObserver<WatchInstancesResponse> caller) {
    Snapshot newest = Answers.snapshot(loop);
    InstanceWatches.Filter filter =
        new InstanceWatches.Filter(
            Namespaces.oneOrAll(request.getNamespace()), request.getWorkload());
    Departure departure = new Departure(feed);
    Outbox<WatchInstancesResponse> outbox =
        new Outbox<>(
            (ServerCallStreamObserver<WatchInstancesResponse>) caller,
            InstanceWatches.outboxMax(),
            departure::leave);
    feed.run(
        (instances, _) ->
            departure.onLeave(instances.watch(filter, request.getAfterRevision(), newest, outbox)));
  }

  @Override
  public void streamLogs(StreamLogsRequest request, StreamObserver<LogChunk> caller) {
    ClusterState state = Answers.snapshot(loop).state();
    check(request);
    InstanceRecord instance =
        InstanceLookup.find(state, Namespaces.one(request.getNamespace()), request.getInstance());
    String name = instance.message().getName();
    if (instance.node().isEmpty()) {
      throw StatusMapper.refused(
          RefusalCode.FAILED_PRECONDITION,
          "%s has no output yet: it waits for a node (%s)"
              .formatted(name, instance.message().getStatus().getMessage()));
    }
    StreamBroker.Target target = StreamBroker.Target.of(state, instance, "the output of " + name);
    LogStreamRequest asked =
        LogStreamRequest.newBuilder().setInstanceId(instance.id()).setOptions(request).build();
    broker.open(
        target,
        OpenStream.newBuilder().setLogs(asked),
        BrokeredStream.toUser(
            (ServerCallStreamObserver<LogChunk>) caller,
            message -> message.hasLog() ? Optional.of(message.getLog()) : Optional.empty()));
  }

  @Override
  public void pauseInstance(
      PauseInstanceRequest request, StreamObserver<PauseInstanceResponse> caller) {
    CapableInstance instance = toStand(request.getNamespace(), request.getInstance());
    PauseStreamRequest asked = PauseStreamRequest.newBuilder().setInstanceId(instance.id()).build();
    Audit.say("pause", instance.instance(), "");
    broker.open(
        instance.agent(),
        OpenStream.newBuilder().setPause(asked),
        whenDone(caller, PauseInstanceResponse.getDefaultInstance()));
  }

  @Override
  public void unpauseInstance(
      UnpauseInstanceRequest request, StreamObserver<UnpauseInstanceResponse> caller) {
    CapableInstance instance = toStand(request.getNamespace(), request.getInstance());
    PauseStreamRequest asked = PauseStreamRequest.newBuilder().setInstanceId(instance.id()).build();
    Audit.say("unpause", instance.instance(), "");
    broker.open(
        instance.agent(),
        OpenStream.newBuilder().setUnpause(asked),
        whenDone(caller, UnpauseInstanceResponse.getDefaultInstance()));
  }

  @Override
  public void watchUsage(WatchUsageRequest request, StreamObserver<UsageSample> caller) {
    UsageStreamRequest.Builder asked =
        UsageStreamRequest.newBuilder().setInterval(interval(request)).setOnce(request.getOnce());
    CapableInstance instance =
        running(
            request.getNamespace(),
            request.getInstance(),
            "stats",
            "has a driver that does not measure what it runs");
    broker.open(
        instance.agent(),
        OpenStream.newBuilder().setUsage(asked.setInstanceId(instance.id())),
        BrokeredStream.toUser(
            (ServerCallStreamObserver<UsageSample>) caller,
            message -> message.hasUsage() ? Optional.of(message.getUsage()) : Optional.empty()));
  }

  @Override
  public void killInstance(
      KillInstanceRequest request, StreamObserver<KillInstanceResponse> caller) {
    int signal;
    try {
      signal = Signals.number(request.getSignal());
    } catch (IllegalArgumentException e) {
      throw StatusMapper.badField("signal", String.valueOf(e.getMessage()));
    }
    boolean kills = signal == Signals.KILL;
    CapableInstance instance =
        alive(
            request.getNamespace(),
            request.getInstance(),
            kills ? "kill" : "signals",
            kills
                ? "has a driver that cannot kill anything"
                : "has a driver that sends no signal but KILL, as those of virtual machines;"
                    + " 'berth stop' asks a machine to shut down");
    Audit.say("kill", instance.instance(), "signal " + signal);
    broker.open(
        instance.agent(),
        OpenStream.newBuilder()
            .setSignal(
                SignalStreamRequest.newBuilder().setInstanceId(instance.id()).setSignal(signal)),
        whenDone(caller, KillInstanceResponse.getDefaultInstance()));
  }

  @Override
  public void listProcesses(
      ListProcessesRequest request, StreamObserver<ListProcessesResponse> caller) {
    List<String> options = request.getPsOptionsList();
    if (options.size() > OPTIONS_MAX
        || options.stream().anyMatch(each -> !OPTION.matcher(each).matches())) {
      throw StatusMapper.badField(
          "ps_options",
          "not options of ps (expected: at most 32 words of at most 256 printable characters)");
    }
    CapableInstance instance =
        alive(
            request.getNamespace(),
            request.getInstance(),
            "top",
            "has a driver that does not see into what it runs: a virtual machine's processes are"
                + " its own affair; 'berth console' lets you ask it");
    broker.open(
        instance.agent(),
        OpenStream.newBuilder()
            .setProcesses(
                ProcessesStreamRequest.newBuilder()
                    .setInstanceId(instance.id())
                    .addAllPsOptions(options)),
        BrokeredStream.toUser(
            (ServerCallStreamObserver<ListProcessesResponse>) caller,
            message ->
                message.hasProcesses() ? Optional.of(message.getProcesses()) : Optional.empty()));
  }

  @Override
  public void statPath(StatPathRequest request, StreamObserver<PathStat> caller) {
    CopySubject subject =
        CopySubject.find(loop, request.getNamespace(), request.getInstance(), request.getPath());
    broker.open(
        subject.agent(),
        OpenStream.newBuilder().setPathStat(subject.asked()),
        BrokeredStream.toUser(
            (ServerCallStreamObserver<PathStat>) caller,
            message ->
                message.hasPathStat() ? Optional.of(message.getPathStat()) : Optional.empty()));
  }

  @Override
  public void copyFromInstance(
      CopyFromInstanceRequest request, StreamObserver<CopyFromInstanceResponse> caller) {
    CopySubject subject =
        CopySubject.find(loop, request.getNamespace(), request.getInstance(), request.getPath())
            .audited("copy from");
    broker.open(
        subject.agent(),
        OpenStream.newBuilder().setCopyFrom(subject.asked()),
        BrokeredStream.toUser(
            (ServerCallStreamObserver<CopyFromInstanceResponse>) caller,
            message ->
                message.hasData()
                    ? Optional.of(
                        CopyFromInstanceResponse.newBuilder().setData(message.getData()).build())
                    : Optional.empty()));
  }

  @Override
  public StreamObserver<CopyToInstanceRequest> copyToInstance(
      StreamObserver<CopyToInstanceResponse> caller) {
    return new CopyToCall(loop, broker, (ServerCallStreamObserver<CopyToInstanceResponse>) caller);
  }

  private static Duration interval(WatchUsageRequest request) {
    Duration interval = request.hasInterval() ? request.getInterval() : INTERVAL_DEFAULT;
    if (!Durations.isValid(interval)
        || Durations.compare(interval, INTERVAL_MIN) < 0
        || Durations.compare(interval, INTERVAL_MAX) > 0) {
      throw StatusMapper.badField("interval", "not a usable span of time (expected: 0.5s to 1h)");
    }
    return interval;
  }

  private CapableInstance toStand(String namespace, String text) {
    return running(namespace, text, "pause", "has a driver that cannot let anything stand still");
  }

  private CapableInstance running(
      String namespace, String text, String capability, String missing) {
    return in(Set.of(InstanceState.INSTANCE_STATE_RUNNING), namespace, text, capability, missing);
  }

  /// One that is being stopped lives, too: a kill is what ends its grace.
  private CapableInstance alive(String namespace, String text, String capability, String missing) {
    return in(
        Set.of(InstanceState.INSTANCE_STATE_RUNNING, InstanceState.INSTANCE_STATE_STOPPING),
        namespace,
        text,
        capability,
        missing);
  }

  private CapableInstance in(
      Set<InstanceState> states, String namespace, String text, String capability, String missing) {
    ClusterState state = Answers.snapshot(loop).state();
    InstanceRecord found = InstanceLookup.find(state, Namespaces.one(namespace), text);
    String name = found.message().getName();
    if (!states.contains(found.message().getStatus().getState())) {
      throw CapableInstance.refused(name + " does not run: 'berth ps -a " + name + "' shows it");
    }
    return CapableInstance.of(state, found, name, capability, missing);
  }

  private static <A> BrokeredStream<A> whenDone(StreamObserver<A> caller, A answer) {
    return BrokeredStream.toUser(
        (ServerCallStreamObserver<A>) caller,
        message -> message.hasDone() ? Optional.of(answer) : Optional.empty());
  }

  private static void check(StreamLogsRequest request) {
    int tail = request.getTailLines();
    if (request.hasTailLines() && (tail < 1 || tail > TAIL_MAX)) {
      throw StatusMapper.badField(
          "tail_lines",
          "value: %s (expected: 1 to %d)".formatted(Integer.toUnsignedString(tail), TAIL_MAX));
    }
    boolean cut = request.hasTailLines() || request.hasSince();
    if (request.getPosition().size() > POSITION_MAX || (!request.getPosition().isEmpty() && cut)) {
      throw StatusMapper.badField(
          "position", "too long, or besides tail_lines or since (expected: a piece's own, alone)");
    }
    if (request.hasSince()) {
      requireTime("since", request.getSince());
    }
    if (request.hasUntil()) {
      requireTime("until", request.getUntil());
    }
  }

  private static void requireTime(String field, Timestamp time) {
    if (!Timestamps.isValid(time)) {
      throw StatusMapper.badField(
          field, "not a point in time (expected: years 1 to 9999, nanos from 0 to 999999999)");
    }
  }
}
