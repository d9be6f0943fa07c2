package dev.berth.cli.cluster;

import dev.berth.client.ConnectionNotices;
import dev.berth.client.ControllerChannel;
import dev.berth.client.TlsIdentity;
import dev.berth.client.context.ClusterContext;
import dev.berth.v1.AdminServiceGrpc;
import dev.berth.v1.EventServiceGrpc;
import dev.berth.v1.ExecServiceGrpc;
import dev.berth.v1.ImageServiceGrpc;
import dev.berth.v1.InstanceServiceGrpc;
import dev.berth.v1.NamespaceServiceGrpc;
import dev.berth.v1.NetworkServiceGrpc;
import dev.berth.v1.NodeServiceGrpc;
import dev.berth.v1.RegistryServiceGrpc;
import dev.berth.v1.VmServiceGrpc;
import dev.berth.v1.VolumeServiceGrpc;
import dev.berth.v1.WorkloadServiceGrpc;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// An open cluster: stubs with a time limit for single calls, and without for streams.
public final class Cluster implements AutoCloseable {
  private static final int CALL_SECONDS = 30;
  private static final Duration CLOSE_LIMIT = Duration.ofMillis(250);

  private final ControllerChannel channel;
  private final String namespace;
  private final String addresses;

  /// @param notices told what people may want to know about the connection
  Cluster(ClusterContext context, TlsIdentity identity, ConnectionNotices notices) {
    this.channel = ControllerChannel.openPatiently(context.addresses(), () -> identity, notices);
    this.namespace = context.namespace();
    this.addresses =
        context.addresses().stream().map(Object::toString).collect(Collectors.joining(", "));
  }

  /// Where the controllers are, for messages.
  public String addresses() {
    return addresses;
  }

  /// The namespace that is meant.
  public String namespace() {
    return namespace;
  }

  /// Workloads; calls end after 30 s.
  public WorkloadServiceGrpc.WorkloadServiceBlockingStub workloads() {
    return WorkloadServiceGrpc.newBlockingStub(channel.channel())
        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
  }

  /// Instances; calls end after 30 s.
  public InstanceServiceGrpc.InstanceServiceBlockingStub instances() {
    return instanceStreams().withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
  }

  /// Streams of instances and their output, without a time limit.
  public InstanceServiceGrpc.InstanceServiceBlockingStub instanceStreams() {
    return InstanceServiceGrpc.newBlockingStub(channel.channel());
  }

  /// Copies into instances, without a time limit.
  public InstanceServiceGrpc.InstanceServiceStub copies() {
    return InstanceServiceGrpc.newStub(channel.channel());
  }

  /// Terminals in what runs, without a time limit.
  public ExecServiceGrpc.ExecServiceStub exec() {
    return ExecServiceGrpc.newStub(channel.channel());
  }

  /// Images on nodes: streams, without a time limit.
  public ImageServiceGrpc.ImageServiceBlockingStub imageStreams() {
    return ImageServiceGrpc.newBlockingStub(channel.channel());
  }

  /// The same, for streams both ways.
  public ImageServiceGrpc.ImageServiceStub imageCalls() {
    return ImageServiceGrpc.newStub(channel.channel());
  }

  /// Volumes on nodes: streams, without a time limit.
  public VolumeServiceGrpc.VolumeServiceBlockingStub volumes() {
    return VolumeServiceGrpc.newBlockingStub(channel.channel());
  }

  /// Networks of containers on nodes: streams, without a time limit.
  public NetworkServiceGrpc.NetworkServiceBlockingStub networks() {
    return NetworkServiceGrpc.newBlockingStub(channel.channel());
  }

  /// Snapshots of virtual machines: streams, without a time limit.
  public VmServiceGrpc.VmServiceBlockingStub machineStreams() {
    return VmServiceGrpc.newBlockingStub(channel.channel());
  }

  /// Nodes; calls end after 30 s.
  public NodeServiceGrpc.NodeServiceBlockingStub nodes() {
    return NodeServiceGrpc.newBlockingStub(channel.channel())
        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
  }

  /// Nodes that look at themselves: streams, without a time limit.
  public NodeServiceGrpc.NodeServiceBlockingStub nodeStreams() {
    return NodeServiceGrpc.newBlockingStub(channel.channel());
  }

  /// Namespaces; calls end after 30 s.
  public NamespaceServiceGrpc.NamespaceServiceBlockingStub namespaces() {
    return NamespaceServiceGrpc.newBlockingStub(channel.channel())
        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
  }

  /// Logins to registries; calls end after 30 s.
  public RegistryServiceGrpc.RegistryServiceBlockingStub registries() {
    return RegistryServiceGrpc.newBlockingStub(channel.channel())
        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
  }

  /// Streams of events, without a time limit.
  public EventServiceGrpc.EventServiceBlockingStub eventStreams() {
    return EventServiceGrpc.newBlockingStub(channel.channel());
  }

  /// Tokens and the cluster itself; calls end after 30 s.
  public AdminServiceGrpc.AdminServiceBlockingStub admin() {
    return AdminServiceGrpc.newBlockingStub(channel.channel())
        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    channel.close(CLOSE_LIMIT);
  }
}
