package dev.berth.controller.rpc;

import static dev.berth.controller.rpc.RpcHarness.refused;
import static io.grpc.Status.Code.ABORTED;
import static io.grpc.Status.Code.ALREADY_EXISTS;
import static io.grpc.Status.Code.INVALID_ARGUMENT;
import static io.grpc.Status.Code.NOT_FOUND;
import static io.grpc.Status.Code.RESOURCE_EXHAUSTED;
import static io.grpc.Status.Code.UNIMPLEMENTED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.UnknownFieldSet;
import com.google.rpc.BadRequest;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.GetInstanceRequest;
import dev.berth.v1.ListInstancesRequest;
import dev.berth.v1.ListWorkloadsRequest;
import dev.berth.v1.ScaleWorkloadRequest;
import dev.berth.v1.StreamLogsRequest;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadServiceGrpc;
import dev.berth.v1.WorkloadType;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ApiBadInputTest {
  @TempDir Path data;
  private RpcHarness harness;
  private WorkloadServiceGrpc.WorkloadServiceBlockingStub workloads;

  @BeforeEach
  void start() throws Exception {
    harness = new RpcHarness(data);
    workloads = harness.workloads();
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  @Test
  void answersAMessageOfMoreThan4MiBWithResourceExhausted() {
    for (int mib : List.of(5, 40)) {
      CreateWorkloadRequest large =
          CreateWorkloadRequest.newBuilder().setRequestId("x".repeat(mib << 20)).build();
      refused(RESOURCE_EXHAUSTED, () -> workloads.createWorkload(large));
    }
    assertNotNull(workloads.createWorkload(RpcHarness.service("after", 0)));
  }

  @Test
  void answersDeepNestingWithInvalidArgument() throws Exception {
    UnknownFieldSet nested = UnknownFieldSet.getDefaultInstance();
    for (int depth = 0; depth < 500; depth++) {
      nested =
          UnknownFieldSet.newBuilder()
              .addField(99, UnknownFieldSet.Field.newBuilder().addGroup(nested).build())
              .build();
    }
    byte[] bytes = nested.toByteArray();
    Status status = refused(INVALID_ARGUMENT, () -> send(bytes));
    assertTrue(String.valueOf(status.getDescription()).contains("nesting"), status.toString());
  }

  @Test
  void answersBadUtf8WithInvalidArgument() {
    Status status = refused(INVALID_ARGUMENT, () -> send(new byte[] {0x0a, 2, (byte) 0xff, 0x20}));
    assertTrue(String.valueOf(status.getDescription()).contains("UTF-8"), status.toString());
  }

  @Test
  void answersRandomBytesWithoutAStackTrace() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      byte[] rubbish = new byte[random.nextInt(64)];
      random.nextBytes(rubbish);
      StatusRuntimeException refused =
          assertThrows(StatusRuntimeException.class, () -> send(rubbish), "seed " + seed);
      Status status = refused.getStatus();
      assertTrue(
          status.getCode() == INVALID_ARGUMENT || status.getCode() == NOT_FOUND,
          "seed " + seed + ": " + status);
      assertFalse(String.valueOf(status.getDescription()).contains("Exception"), status.toString());
    }
  }

  @Test
  void namesTheFieldOfANegativeOrOverflowingNumber() {
    workloads.createWorkload(RpcHarness.service("web", 0));
    for (int replicas : List.of(-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 10_001)) {
      ScaleWorkloadRequest request =
          ScaleWorkloadRequest.newBuilder().setName("web").setReplicas(replicas).build();
      assertEquals("replicas", field(() -> workloads.scaleWorkload(request)));
    }
    assertEquals(
        "page_size",
        field(
            () ->
                workloads.listWorkloads(
                    ListWorkloadsRequest.newBuilder().setPageSize(-1).build())));
    assertEquals(
        "tail_lines",
        field(
            () ->
                harness
                    .instances()
                    .streamLogs(
                        StreamLogsRequest.newBuilder().setInstance("a").setTailLines(-5).build())
                    .hasNext()));
  }

  @Test
  void namesTheFieldOfAnUnknownEnum() {
    CreateWorkloadRequest.Builder request = RpcHarness.service("web", 1).toBuilder();
    request.getWorkloadBuilder().getSpecBuilder().setTypeValue(77);
    assertEquals("workload.spec.type", field(() -> workloads.createWorkload(request.build())));
    request.getWorkloadBuilder().getSpecBuilder().setType(WorkloadType.WORKLOAD_TYPE_UNSPECIFIED);
    assertEquals("workload.spec.type", field(() -> workloads.createWorkload(request.build())));
  }

  @Test
  void answersAStaleEtagWithAborted() {
    Workload made = workloads.createWorkload(RpcHarness.service("web", 0));
    workloads.scaleWorkload(
        ScaleWorkloadRequest.newBuilder().setName("web").setReplicas(1).build());
    refused(
        ABORTED,
        () ->
            workloads.scaleWorkload(
                ScaleWorkloadRequest.newBuilder()
                    .setName("web")
                    .setReplicas(2)
                    .setEtag(made.getEtag())
                    .build()));
  }

  @Test
  void answersAReusedRequestIdWithAnotherBodyWithAlreadyExists() {
    String id = "6d1d3a2e-1111-4222-8333-444455556666";
    CreateWorkloadRequest first = RpcHarness.service("web", 1).toBuilder().setRequestId(id).build();
    Workload made = workloads.createWorkload(first);
    assertEquals(made.getUid(), workloads.createWorkload(first).getUid());
    CreateWorkloadRequest other = RpcHarness.service("web", 2).toBuilder().setRequestId(id).build();
    refused(ALREADY_EXISTS, () -> workloads.createWorkload(other));
  }

  @Test
  void refusesHostileNamesAndEscapesThem() throws Exception {
    for (String name : List.of("", "../x", "a\u0000b", "<script>", "\u202Eevil", "x".repeat(100))) {
      CreateWorkloadRequest request = RpcHarness.service(name, 1);
      Status status = refused(INVALID_ARGUMENT, () -> workloads.createWorkload(request));
      assertFalse(String.valueOf(status.getDescription()).contains("\u202E"), status.toString());
    }
    for (String instance : List.of("", "WEB.1", "web.0", "zzz", "a'b", "..")) {
      refused(
          INVALID_ARGUMENT,
          () ->
              harness
                  .instances()
                  .getInstance(GetInstanceRequest.newBuilder().setInstance(instance).build()));
    }
  }

  @Test
  void refusesPageTokensThatItDidNotMakeForTheQuestion() throws Exception {
    workloads.createWorkload(RpcHarness.service("a", 0));
    workloads.createWorkload(RpcHarness.service("b", 0));
    String token =
        workloads
            .listWorkloads(ListWorkloadsRequest.newBuilder().setPageSize(1).build())
            .getNextPageToken();
    for (String bad : List.of("x", "%%%", "MQo", token.substring(4))) {
      assertEquals(
          "page_token",
          field(
              () ->
                  workloads.listWorkloads(
                      ListWorkloadsRequest.newBuilder().setPageToken(bad).build())));
    }
    assertEquals(
        "page_token",
        field(
            () ->
                workloads.listWorkloads(
                    ListWorkloadsRequest.newBuilder()
                        .setNamespace("-")
                        .setPageToken(token)
                        .build())));
    assertEquals(
        "page_token",
        field(
            () ->
                harness
                    .instances()
                    .listInstances(ListInstancesRequest.newBuilder().setPageToken(token).build())));
  }

  @Test
  void answersUnknownMethodsWithUnimplemented() throws Exception {
    refused(UNIMPLEMENTED, () -> send("berth.v1.WorkloadService/Explode", new byte[0]));
  }

  @Test
  void keepsHugeListsOfViolationsBelowTheLimitOfTrailers() {
    CreateWorkloadRequest.Builder request = RpcHarness.service("web", 1).toBuilder();
    for (int i = 0; i < 400; i++) {
      request.getWorkloadBuilder().getSpecBuilder().putLabels("ü".repeat(60) + i, "v".repeat(300));
    }
    refused(INVALID_ARGUMENT, () -> workloads.createWorkload(request.build()));
  }

  private void send(byte[] request) throws Exception {
    send("berth.v1.WorkloadService/GetWorkload", request);
  }

  private void send(String method, byte[] request) throws Exception {
    ManagedChannel channel = (ManagedChannel) workloads.getChannel();
    MethodDescriptor<byte[], byte[]> raw =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(method)
            .setRequestMarshaller(new RawBytes())
            .setResponseMarshaller(new RawBytes())
            .build();
    var _ = ClientCalls.blockingUnaryCall(channel, raw, CallOptions.DEFAULT, request);
  }

  /// The field that is refused, as the details say.
  private static String field(org.junit.jupiter.api.function.Executable call) {
    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, call);
    assertEquals(INVALID_ARGUMENT, refused.getStatus().getCode(), refused.toString());
    com.google.rpc.Status details = StatusProto.fromThrowable(refused);
    assertNotNull(details);
    try {
      return details.getDetails(0).unpack(BadRequest.class).getFieldViolations(0).getField();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
