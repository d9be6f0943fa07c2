package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Cli;
import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.ListWorkloadsRequest;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadServiceGrpc;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A hostile evening: whatever is sent, the answer is a refusal in words, and the cluster goes on.
class HostileInputIT {
  @RegisterExtension static final ClusterFixture CLUSTER = new ClusterFixture(ClusterPlan.of(1));

  private static final int RANDOM_MESSAGES = 300;

  private static Cluster cluster() {
    return CLUSTER.get();
  }

  @AfterEach
  void theClusterGoesOn() {
    cluster().api().workloads().listWorkloads(ListWorkloadsRequest.getDefaultInstance());
    assertTrue(cluster().controller().daemon().isAlive());
    assertTrue(cluster().host().agent().daemon().isAlive());
    assertFalse(
        cluster().controller().daemon().err().contains("\tat "),
        () -> "a stack trace in the controller's log: " + cluster().controller());
  }

  private static Workload workload(WorkloadSpec.Builder spec) {
    return Workload.newBuilder().setName("bad").setSpec(spec).build();
  }

  private static WorkloadSpec.Builder spec() {
    return WorkloadSpec.newBuilder()
        .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
        .setReplicas(1)
        .setContainer(ContainerSpec.newBuilder().setImage("berth/demo"));
  }

  private static Status refusal(Workload workload) {
    return assertThrows(
            StatusRuntimeException.class,
            () ->
                cluster()
                    .api()
                    .workloads()
                    .createWorkload(
                        CreateWorkloadRequest.newBuilder().setWorkload(workload).build()))
        .getStatus();
  }

  private static void assertInvalid(String field, WorkloadSpec.Builder spec) {
    Status status = refusal(workload(spec));
    assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode(), status.toString());
    assertTrue(String.valueOf(status.getDescription()).contains(field), status.toString());
  }

  @Test
  void wrongFieldsAreNamed() {
    assertInvalid("replicas", spec().setReplicas(-1));
    assertInvalid("type", spec().setTypeValue(77));
    assertInvalid("type", spec().setType(WorkloadType.WORKLOAD_TYPE_UNSPECIFIED));
    assertInvalid("container", spec().clearContainer());
    assertInvalid("image", spec().setContainer(ContainerSpec.getDefaultInstance()));
    assertInvalid(
        "memory_bytes",
        spec().setResources(dev.berth.v1.Resources.newBuilder().setMemoryBytes(-1)));
    assertInvalid(
        "stop_grace",
        spec()
            .setStopGrace(
                com.google.protobuf.Duration.newBuilder()
                    .setSeconds(Long.MIN_VALUE)
                    .setNanos(Integer.MAX_VALUE)));
    assertInvalid("lost_policy", spec().setLostPolicyValue(99));
    assertInvalid("ports", spec().addPorts(dev.berth.v1.PortSpec.newBuilder().setTarget(70_000)));
  }

  @Test
  void hostileNamesAreRefused() {
    for (String name :
        List.of(
            "",
            "../etc",
            "a/b",
            "A",
            "a\u0000b",
            "\u202eweb",
            "\"/><script>",
            "x".repeat(10_000))) {
      Status status = refusal(workload(spec()).toBuilder().setName(name).build());
      assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode(), status.toString());
    }
  }

  @Test
  void aMessageAboveTheLimitIsRefused() {
    Status status =
        refusal(
            workload(
                spec()
                    .setContainer(
                        ContainerSpec.newBuilder()
                            .setImage("berth/demo")
                            .putEnv("A", "x".repeat(5 << 20)))));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, status.getCode(), status.toString());
  }

  @Test
  void bytesThatAreNoMessageAreRefusedAndNeverInternal() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    byte[] good =
        CreateWorkloadRequest.newBuilder().setWorkload(workload(spec())).build().toByteArray();
    for (int i = 0; i < RANDOM_MESSAGES; i++) {
      byte[] bytes = good.clone();
      for (int flips = random.nextInt(1, 6); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Status.Code code = send(bytes);
      assertFalse(
          code == Status.Code.INTERNAL || code == Status.Code.UNKNOWN,
          code + " with seed " + seed + ", message " + i);
    }
    assertEquals(Status.Code.INVALID_ARGUMENT, send(new byte[] {(byte) 0xff, (byte) 0xff}));
    // A name that is not UTF-8.
    assertEquals(
        Status.Code.INVALID_ARGUMENT, send(new byte[] {10, 4, 18, 2, (byte) 0xc3, (byte) 0x28}));
  }

  private static Status.Code send(byte[] message) {
    MethodDescriptor<byte[], byte[]> method =
        MethodDescriptor.newBuilder(new Bytes(), new Bytes())
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(WorkloadServiceGrpc.getCreateWorkloadMethod().getFullMethodName())
            .build();
    try {
      ClientCalls.blockingUnaryCall(
          cluster().api().channel(),
          method,
          CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
          message);
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void assertRefused(int exitCode, CommandResult result) {
    assertEquals(exitCode, result.exitCode(), result.toString());
    assertEquals("", result.out(), "nothing on stdout: " + result);
    assertNotEquals("", result.err(), "a reason on stderr");
    assertFalse(result.err().contains("\tat "), "no stack trace: " + result);
    assertFalse(result.err().contains("Exception"), "no class names: " + result);
  }

  @Test
  void theCommandLineRefusesNonsenseInWords() {
    Cli cli = cluster().cli();
    assertRefused(2, cli.run("no-such-verb"));
    assertRefused(2, cli.run("ps", "--no-such-flag"));
    assertRefused(2, cli.run("scale", "web=minus-one"));
    assertRefused(2, cli.run("scale", "web=99999999999999999999"));
    assertRefused(1, cli.run("inspect", "no-such-thing"));
    assertRefused(1, cli.run("logs", "no-such-thing"));
    assertRefused(1, cli.run("rm", "no-such-thing"));
    assertRefused(2, cli.run("apply", "-f", "/no/such/file.yaml"));
    assertRefused(2, cli.run("run", "-d", "--replicas", "-1", "berth/demo"));
    assertRefused(2, cli.run("run", "-d", "--name", "../x", "berth/demo"));
  }

  @Test
  void theCommandLineSaysWhatIsWrongWithItsCredentials() {
    Path junk = cluster().work().file("junk.pem", "-----BEGIN CERTIFICATE-----\nnot\n");
    Cli cli = cluster().cli();
    assertRefused(1, cli.with(Map.of("BERTH_CLIENT_CERT", junk.toString())).run("ps"));
    assertRefused(1, cli.with(Map.of("BERTH_CACERT", "/no/such/ca.crt")).run("ps"));
    assertRefused(1, cli.with(Map.of("BERTH_ADDR", "127.0.0.1:1")).run("ps"));
    assertRefused(1, cli.with(Map.of("BERTH_ADDR", "not an address")).run("ps"));
  }

  @Test
  void hostileStackFilesAreRefusedWithLineAndColumn() {
    String bomb = "a: &a [x,x]\nb: &b [*a,*a]\nworkloads: *b\n";
    List<String> files =
        List.of(
            bomb,
            "stack: s\nworkloads:\n  web: !!java.io.File {replicas: 1}\n",
            "stack: s\nstack: t\n",
            "stack: s\nworkloads:\n  web:\n    replicas: 1e999\n    container: {image: x}\n",
            "stack: s\nworkloads:\n  web:\n    replica: 1\n    container: {image: x}\n",
            "stack: s\n---\nstack: t\n",
            "stack: \u0000\n");
    for (String text : files) {
      Path file = cluster().work().file("hostile.yaml", text);
      CommandResult result = cluster().cli().run("validate", "-f", file.toString());
      assertRefused(2, result);
      assertTrue(
          result.err().matches("(?s).*hostile\\.yaml:[0-9]+:[0-9]+: .*"), text + ": " + result);
    }
  }

  @Test
  void aClosedPipeEndsTheCommandQuietly() {
    Cli cli = cluster().cli();
    String words = String.join(" ", cli.command("events").words());
    CommandResult result =
        Command.of("bash", "-c", words + " | head -n 0; echo ${PIPESTATUS[0]}")
            .with(cluster().environment())
            .within(Duration.ofSeconds(30))
            .run();
    assertFalse(result.err().contains("Exception"), result.toString());
    assertFalse(result.err().contains("\tat "), result.toString());
  }
}
