package dev.berth.simulation.user;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.RestartWorkloadRequest;
import dev.berth.v1.ScaleWorkloadRequest;
import dev.berth.v1.StartWorkloadRequest;
import dev.berth.v1.StopWorkloadRequest;
import dev.berth.v1.UpdateWorkloadRequest;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;

/// What a user asks for once, and sends as often as it takes to get an answer.
sealed interface Wish {
  /// The request as it is sent.
  ClusterEvent.Request request(long id, String name);

  /// Makes the workload.
  record Create(WorkloadSpec spec, String requestId) implements Wish {
    @Override
    public ClusterEvent.Request request(long id, String name) {
      return new ClusterEvent.CreateWorkload(
          id,
          CreateWorkloadRequest.newBuilder()
              .setWorkload(Workload.newBuilder().setName(name).setSpec(spec))
              .setRequestId(requestId)
              .build());
    }
  }

  /// Gives it another spec.
  record Update(WorkloadSpec spec) implements Wish {
    @Override
    public ClusterEvent.Request request(long id, String name) {
      return new ClusterEvent.UpdateWorkload(
          id,
          UpdateWorkloadRequest.newBuilder()
              .setWorkload(Workload.newBuilder().setName(name).setSpec(spec))
              .build());
    }
  }

  /// Changes the number of replicas.
  record Scale(int replicas) implements Wish {
    @Override
    public ClusterEvent.Request request(long id, String name) {
      return new ClusterEvent.ScaleWorkload(
          id, ScaleWorkloadRequest.newBuilder().setName(name).setReplicas(replicas).build());
    }
  }

  /// Stops all slots.
  record Stop() implements Wish {
    @Override
    public ClusterEvent.Request request(long id, String name) {
      return new ClusterEvent.StopWorkload(
          id, StopWorkloadRequest.newBuilder().setName(name).build());
    }
  }

  /// Starts all slots.
  record Start() implements Wish {
    @Override
    public ClusterEvent.Request request(long id, String name) {
      return new ClusterEvent.StartWorkload(
          id, StartWorkloadRequest.newBuilder().setName(name).build());
    }
  }

  /// Restarts what runs.
  record Restart() implements Wish {
    @Override
    public ClusterEvent.Request request(long id, String name) {
      return new ClusterEvent.RestartWorkload(
          id, RestartWorkloadRequest.newBuilder().setName(name).build());
    }
  }

  /// Removes it.
  record Delete() implements Wish {
    @Override
    public ClusterEvent.Request request(long id, String name) {
      return new ClusterEvent.DeleteWorkload(
          id, DeleteWorkloadRequest.newBuilder().setName(name).setForce(true).build());
    }
  }
}
