package dev.berth.controller.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.AgentServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
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
  void refusesWhatIsNotListed() {
    assertTrue(Routes.audience("berth.v1.WorkloadService/Explode").isEmpty());
    assertTrue(Routes.audience("berth.v1.EnrollmentService/Enroll").isEmpty());
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
