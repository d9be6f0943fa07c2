package dev.berth.controller.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.AgentServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RoutesTest {
  @TempDir Path data;

  @Test
  void listsEveryBoundMethodAndNothingElse() throws Exception {
    try (RpcHarness harness = new RpcHarness(data)) {
      assertEquals(names(harness.servers.apiServices()), new TreeSet<>(Routes.listed()));
      assertEquals(
          Set.of("berth.v1.EnrollmentService/Enroll"), names(harness.servers.joinServices()));
    }
  }

  @Test
  void answersHealthChecksAndReflection() throws Exception {
    try (RpcHarness harness = new RpcHarness(data)) {
      harness.servers.setServing(true);
      assertEquals(
          HealthCheckResponse.ServingStatus.SERVING,
          HealthGrpc.newBlockingStub(harness.admin())
              .check(HealthCheckRequest.getDefaultInstance())
              .getStatus());
      Recorder<ServerReflectionRequest, ServerReflectionResponse> answers = new Recorder<>();
      var questions = ServerReflectionGrpc.newStub(harness.admin()).serverReflectionInfo(answers);
      questions.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
      assertTrue(
          answers.next().getListServicesResponse().getServiceList().stream()
              .anyMatch(each -> each.getName().equals("berth.v1.WorkloadService")));
      questions.onNext(
          ServerReflectionRequest.newBuilder()
              .setFileContainingSymbol("berth.v1.WorkloadService")
              .build());
      assertTrue(answers.next().getFileDescriptorResponse().getFileDescriptorProtoCount() > 0);
      questions.onCompleted();
      assertEquals(Status.OK, answers.end());
    }
  }

  @Test
  void refusesWhatIsNotListed() {
    assertTrue(Routes.audience("berth.v1.WorkloadService/Explode").isEmpty());
  }

  @Test
  void letsOnlyAgentsCallTheAgentService() {
    for (MethodDescriptor<?, ?> method : AgentServiceGrpc.getServiceDescriptor().getMethods()) {
      assertEquals(
          Routes.Audience.AGENTS, Routes.audience(method.getFullMethodName()).orElseThrow());
    }
    assertFalse(
        Routes.listed().stream()
            .filter(name -> !name.startsWith("berth.v1.AgentService/"))
            .anyMatch(name -> Routes.audience(name).orElseThrow() == Routes.Audience.AGENTS));
  }

  private static Set<String> names(List<ServerServiceDefinition> services) {
    Set<String> names = new TreeSet<>();
    for (ServerServiceDefinition service : services) {
      service
          .getMethods()
          .forEach(each -> names.add(each.getMethodDescriptor().getFullMethodName()));
    }
    return names;
  }
}
