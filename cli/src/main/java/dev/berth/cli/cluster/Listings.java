package dev.berth.cli.cluster;

import dev.berth.v1.ExplainPlacementRequest;
import dev.berth.v1.ExplainPlacementResponse;
import dev.berth.v1.Instance;
import dev.berth.v1.ListInstancesRequest;
import dev.berth.v1.ListInstancesResponse;
import dev.berth.v1.ListNamespacesRequest;
import dev.berth.v1.ListNamespacesResponse;
import dev.berth.v1.ListNodesRequest;
import dev.berth.v1.ListNodesResponse;
import dev.berth.v1.ListTokensRequest;
import dev.berth.v1.ListTokensResponse;
import dev.berth.v1.ListWorkloadsRequest;
import dev.berth.v1.ListWorkloadsResponse;
import dev.berth.v1.PlacementDecision;
import java.util.ArrayList;
import java.util.List;

/// Reads whole lists, page by page, into one answer.
public final class Listings {
  private static final int PAGE = 1000;

  private Listings() {}

  /// All instances that fit the request.
  public static ListInstancesResponse instances(Cluster cluster, ListInstancesRequest request) {
    ListInstancesRequest.Builder next = request.toBuilder().setPageSize(PAGE);
    ListInstancesResponse.Builder all = ListInstancesResponse.newBuilder();
    do {
      ListInstancesResponse page = cluster.instances().listInstances(next.build());
      all.addAllInstances(page.getInstancesList()).setRevision(page.getRevision());
      next.setPageToken(page.getNextPageToken());
    } while (!next.getPageToken().isEmpty());
    return all.build();
  }

  /// The instances of one workload, ended ones too, the newest of a slot first.
  public static ListInstancesResponse ofWorkload(Cluster cluster, String workload) {
    return instances(
        cluster,
        ListInstancesRequest.newBuilder()
            .setNamespace(cluster.namespace())
            .setWorkload(workload)
            .setIncludeFinal(true)
            .build());
  }

  /// All workloads of the namespace.
  public static ListWorkloadsResponse workloads(Cluster cluster) {
    return workloads(cluster, cluster.namespace());
  }

  /// All workloads of a namespace; "-": of all.
  public static ListWorkloadsResponse workloads(Cluster cluster, String namespace) {
    ListWorkloadsRequest.Builder next =
        ListWorkloadsRequest.newBuilder().setNamespace(namespace).setPageSize(PAGE);
    ListWorkloadsResponse.Builder all = ListWorkloadsResponse.newBuilder();
    do {
      ListWorkloadsResponse page = cluster.workloads().listWorkloads(next.build());
      all.addAllWorkloads(page.getWorkloadsList()).setRevision(page.getRevision());
      next.setPageToken(page.getNextPageToken());
    } while (!next.getPageToken().isEmpty());
    return all.build();
  }

  /// All nodes.
  public static ListNodesResponse nodes(Cluster cluster) {
    ListNodesRequest.Builder next = ListNodesRequest.newBuilder().setPageSize(PAGE);
    ListNodesResponse.Builder all = ListNodesResponse.newBuilder();
    do {
      ListNodesResponse page = cluster.nodes().listNodes(next.build());
      all.addAllNodes(page.getNodesList()).setRevision(page.getRevision());
      next.setPageToken(page.getNextPageToken());
    } while (!next.getPageToken().isEmpty());
    return all.build();
  }

  /// All namespaces.
  public static ListNamespacesResponse namespaces(Cluster cluster) {
    ListNamespacesRequest.Builder next = ListNamespacesRequest.newBuilder().setPageSize(PAGE);
    ListNamespacesResponse.Builder all = ListNamespacesResponse.newBuilder();
    do {
      ListNamespacesResponse page = cluster.namespaces().listNamespaces(next.build());
      all.addAllNamespaces(page.getNamespacesList()).setRevision(page.getRevision());
      next.setPageToken(page.getNextPageToken());
    } while (!next.getPageToken().isEmpty());
    return all.build();
  }

  /// The scheduler's last decisions about a workload, a slot or an instance; those that wait first.
  ///
  /// @param target `web`, `web.2`, or an instance's id or a prefix of it
  public static List<PlacementDecision> decisions(Cluster cluster, String target) {
    ExplainPlacementRequest.Builder next =
        ExplainPlacementRequest.newBuilder()
            .setNamespace(cluster.namespace())
            .setTarget(target)
            .setPageSize(PAGE);
    List<PlacementDecision> all = new ArrayList<>();
    do {
      ExplainPlacementResponse page = cluster.workloads().explainPlacement(next.build());
      all.addAll(page.getDecisionsList());
      next.setPageToken(page.getNextPageToken());
    } while (!next.getPageToken().isEmpty());
    return all;
  }

  /// All join tokens.
  public static ListTokensResponse tokens(Cluster cluster) {
    ListTokensRequest.Builder next = ListTokensRequest.newBuilder().setPageSize(PAGE);
    ListTokensResponse.Builder all = ListTokensResponse.newBuilder();
    do {
      ListTokensResponse page = cluster.admin().listTokens(next.build());
      all.addAllTokens(page.getTokensList());
      next.setPageToken(page.getNextPageToken());
    } while (!next.getPageToken().isEmpty());
    return all.build();
  }

  /// True when the instance's life is over.
  public static boolean isFinal(Instance instance) {
    return switch (instance.getStatus().getState()) {
      case INSTANCE_STATE_COMPLETE,
          INSTANCE_STATE_FAILED,
          INSTANCE_STATE_STOPPED,
          INSTANCE_STATE_LOST,
          INSTANCE_STATE_REJECTED ->
          true;
      case INSTANCE_STATE_UNSPECIFIED,
          INSTANCE_STATE_PENDING,
          INSTANCE_STATE_ASSIGNED,
          INSTANCE_STATE_PREPARING,
          INSTANCE_STATE_STARTING,
          INSTANCE_STATE_RUNNING,
          INSTANCE_STATE_STOPPING,
          UNRECOGNIZED ->
          false;
    };
  }
}
