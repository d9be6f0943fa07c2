package dev.berth.controller.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.berth.controller.core.model.Specs;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.DeleteNodeRequest;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.Hello;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.RestartWorkloadRequest;
import dev.berth.v1.RevokeTokenRequest;
import dev.berth.v1.ScaleWorkloadRequest;
import dev.berth.v1.StartWorkloadRequest;
import dev.berth.v1.StatusReport;
import dev.berth.v1.StopWorkloadRequest;
import dev.berth.v1.UpdateNodeRequest;
import dev.berth.v1.UpdateWorkloadRequest;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever fields a message has, the core answers with a value: an exception would end the
/// leadership, and whoever can cause one could keep the cluster down.
final class HostileInputTest {
  private static final List<String> TEXTS =
      List.of(
          "",
          "w0",
          "n1",
          "default",
          "-",
          "..",
          "a/b",
          "\u0000",
          "é\u202e",
          "x".repeat(5_000),
          "spec.replicas",
          "spec.container",
          "spec..",
          "labels.",
          "labels.a",
          "availability",
          "0e4e6ae4-4a4f-4d4d-9a49-0d9a1b6f0001");
  private static final long[] NUMBERS = {
    0,
    1,
    2,
    80,
    10_000,
    10_001,
    -1,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  static LongStream seeds() {
    Long one = Long.getLong("berth.seed");
    return one != null ? LongStream.of(one) : LongStream.rangeClosed(1, 30);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void answersWhateverItIsTold(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    CoreWorld world = new CoreWorld(seed);
    SimulatedNode node = world.node("n1", 4_000, 4_096);
    world.create("w0", Specs.service(2));
    Invariants invariants = new Invariants();
    for (int i = 0; i < 300; i++) {
      request(world, random);
      said(world, node, random);
      if (!node.isConnected()) {
        node.connect();
      }
      invariants.checkShrinking(world);
    }
    world.pass(60);
    assertTrue(world.state().nodes().containsKey("n1"));
  }

  private static void request(CoreWorld world, RandomGenerator random) {
    world.request(
        r ->
            switch (random.nextInt(12)) {
              case 0 ->
                  new ClusterEvent.CreateWorkload(
                      r, of(CreateWorkloadRequest.getDefaultInstance(), random));
              case 1 ->
                  new ClusterEvent.UpdateWorkload(
                      r, of(UpdateWorkloadRequest.getDefaultInstance(), random));
              case 2 ->
                  new ClusterEvent.DeleteWorkload(
                      r, of(DeleteWorkloadRequest.getDefaultInstance(), random));
              case 3 ->
                  new ClusterEvent.ScaleWorkload(
                      r, of(ScaleWorkloadRequest.getDefaultInstance(), random));
              case 4 ->
                  new ClusterEvent.StopWorkload(
                      r, of(StopWorkloadRequest.getDefaultInstance(), random));
              case 5 ->
                  new ClusterEvent.StartWorkload(
                      r, of(StartWorkloadRequest.getDefaultInstance(), random));
              case 6 ->
                  new ClusterEvent.RestartWorkload(
                      r, of(RestartWorkloadRequest.getDefaultInstance(), random));
              case 7 ->
                  new ClusterEvent.UpdateNode(
                      r, of(UpdateNodeRequest.getDefaultInstance(), random));
              case 8 ->
                  new ClusterEvent.DeleteNode(
                      r, of(DeleteNodeRequest.getDefaultInstance(), random));
              case 9 ->
                  new ClusterEvent.RevokeToken(
                      r, of(RevokeTokenRequest.getDefaultInstance(), random));
              case 10 ->
                  new ClusterEvent.EnrollNode(r, text(random), ByteString.EMPTY, text(random));
              default ->
                  new ClusterEvent.CreateToken(
                      r,
                      text(random),
                      ByteString.EMPTY,
                      of(CreateTokenRequest.getDefaultInstance(), random));
            });
  }

  private static void said(CoreWorld world, SimulatedNode node, RandomGenerator random) {
    String instance =
        world.state().instances().isEmpty() ? "" : world.state().instances().firstKey();
    world.decide(
        switch (random.nextInt(4)) {
          case 0 -> new ClusterEvent.StatusReported(node.session(), "n1", report(instance, random));
          case 1 ->
              new ClusterEvent.DescriptionChanged(
                  random.nextInt(3), "n1", of(NodeDescription.getDefaultInstance(), random));
          case 2 -> new ClusterEvent.HeartbeatReceived(node.session(), "n1", number(random));
          default ->
              new ClusterEvent.SessionOpened(
                  world.nextSession(), text(random), of(Hello.getDefaultInstance(), random));
        });
  }

  private static StatusReport report(String instance, RandomGenerator random) {
    StatusReport.Builder report = StatusReport.newBuilder();
    fill(report, random, 0);
    report.getInstancesBuilderList().forEach(each -> each.setInstanceId(instance));
    return report.setSequence(1 + random.nextInt(3)).build();
  }

  @SuppressWarnings("unchecked") // A builder builds its own type.
  private static <T extends Message> T of(T prototype, RandomGenerator random) {
    Message.Builder builder = prototype.newBuilderForType();
    fill(builder, random, 0);
    return (T) builder.build();
  }

  private static void fill(Message.Builder builder, RandomGenerator random, int depth) {
    for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
      if (field.isRepeated()) {
        for (int i = depth > 4 ? 0 : random.nextInt(3); i > 0; i--) {
          builder.addRepeatedField(field, value(builder, field, random, depth));
        }
      } else if (random.nextInt(3) > 0) {
        builder.setField(field, value(builder, field, random, depth));
      }
    }
  }

  private static Object value(
      Message.Builder builder, FieldDescriptor field, RandomGenerator random, int depth) {
    return switch (field.getJavaType()) {
      case INT -> (int) number(random);
      case LONG -> number(random);
      case FLOAT -> Float.NaN;
      case DOUBLE -> Double.NaN;
      case BOOLEAN -> random.nextBoolean();
      case STRING -> text(random);
      case BYTE_STRING -> ByteString.copyFromUtf8(text(random));
      case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(random.nextInt(14));
      case MESSAGE -> {
        Message.Builder nested = builder.newBuilderForField(field);
        if (depth < 6) {
          fill(nested, random, depth + 1);
        }
        yield nested.build();
      }
    };
  }

  private static String text(RandomGenerator random) {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private static long number(RandomGenerator random) {
    return NUMBERS[random.nextInt(NUMBERS.length)];
  }
}
