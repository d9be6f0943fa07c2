package dev.berth.e2e.harness;

import dev.berth.client.ConnectionNotices;
import dev.berth.client.ControllerAddress;
import dev.berth.client.ControllerChannel;
import dev.berth.client.CredentialsException;
import dev.berth.client.TlsIdentity;
import dev.berth.v1.AdminServiceGrpc;
import dev.berth.v1.AdminServiceGrpc.AdminServiceBlockingStub;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.EventServiceGrpc;
import dev.berth.v1.EventServiceGrpc.EventServiceBlockingStub;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceServiceGrpc;
import dev.berth.v1.InstanceServiceGrpc.InstanceServiceBlockingStub;
import dev.berth.v1.InstanceState;
import dev.berth.v1.ListInstancesRequest;
import dev.berth.v1.ListWorkloadsRequest;
import dev.berth.v1.NodeServiceGrpc;
import dev.berth.v1.NodeServiceGrpc.NodeServiceBlockingStub;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadServiceGrpc;
import dev.berth.v1.WorkloadServiceGrpc.WorkloadServiceBlockingStub;
import io.grpc.Channel;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The API as a Java program uses it.
public final class Api implements AutoCloseable {
  private static final int LIMIT_SECONDS = 30;

  private final ControllerChannel channel;

  private Api(ControllerChannel channel) {
    this.channel = channel;
  }

  /// Opens a channel with an identity from PEM files.
  public static Api open(ControllerAddress address, Path certificate, Path key, Path authority) {
    return open(List.of(address), certificate, key, authority);
  }

  /// Opens a channel to several controllers with an identity from PEM files.
  public static Api open(
      List<ControllerAddress> addresses, Path certificate, Path key, Path authority) {
    try {
      TlsIdentity identity = TlsIdentity.load(certificate, key, authority);
      return new Api(
          ControllerChannel.openPatiently(addresses, () -> identity, ConnectionNotices.NONE));
    } catch (CredentialsException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Opens a channel as the administrator.
  public static Api admin(ControllerProcess controller) {
    Path pki = controller.pki();
    return open(
        controller.api(),
        pki.resolve("admin.crt"),
        pki.resolve("admin.key"),
        pki.resolve("ca.crt"));
  }

  /// For further stubs.
  public Channel channel() {
    return channel.channel();
  }

  /// Workloads; each call has 30 s.
  public WorkloadServiceBlockingStub workloads() {
    return WorkloadServiceGrpc.newBlockingStub(channel())
        .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
        .withWaitForReady();
  }

  /// Instances; each call has 30 s.
  public InstanceServiceBlockingStub instances() {
    return InstanceServiceGrpc.newBlockingStub(channel())
        .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
        .withWaitForReady();
  }

  /// Nodes; each call has 30 s.
  public NodeServiceBlockingStub nodes() {
    return NodeServiceGrpc.newBlockingStub(channel())
        .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
        .withWaitForReady();
  }

  /// Events; each call has 30 s.
  public EventServiceBlockingStub events() {
    return EventServiceGrpc.newBlockingStub(channel())
        .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
        .withWaitForReady();
  }

  /// Tokens and the cluster; each call has 30 s.
  public AdminServiceBlockingStub admin() {
    return AdminServiceGrpc.newBlockingStub(channel())
        .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
        .withWaitForReady();
  }

  /// Deletes all workloads and waits until there are none.
  public void deleteAll() {
    ListWorkloadsRequest all = ListWorkloadsRequest.getDefaultInstance();
    for (Workload workload : workloads().listWorkloads(all).getWorkloadsList()) {
      var _ =
          workloads()
              .deleteWorkload(
                  DeleteWorkloadRequest.newBuilder()
                      .setName(workload.getName())
                      .setForce(true)
                      .build());
    }
    Eventually.until(
        "no workloads",
        () -> workloads().listWorkloads(all).getWorkloadsCount(),
        count -> count == 0);
  }

  /// Instances of a workload that are RUNNING, by slot.
  public List<Instance> running(String workload) {
    return live(workload).stream()
        .filter(i -> i.getStatus().getState() == InstanceState.INSTANCE_STATE_RUNNING)
        .toList();
  }

  /// Instances of a workload that are not final, by slot.
  public List<Instance> live(String workload) {
    ListInstancesRequest request =
        ListInstancesRequest.newBuilder().setWorkload(workload).setPageSize(1000).build();
    return instances().listInstances(request).getInstancesList().stream()
        .sorted(Comparator.comparingInt(Instance::getSlot))
        .toList();
  }

  @Override
  public void close() {
    channel.close();
  }
}
