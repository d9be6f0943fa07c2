package dev.berth.client.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.v1.ContainerSpec;
import dev.berth.v1.DeviceCount;
import dev.berth.v1.DisruptionBudget;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Mount;
import dev.berth.v1.Placement;
import dev.berth.v1.PlacementStrategy;
import dev.berth.v1.PortProtocol;
import dev.berth.v1.PortSpec;
import dev.berth.v1.Preference;
import dev.berth.v1.PullPolicy;
import dev.berth.v1.Resources;
import dev.berth.v1.RestartCondition;
import dev.berth.v1.RestartPolicy;
import dev.berth.v1.TaintEffect;
import dev.berth.v1.Toleration;
import dev.berth.v1.WorkloadAffinity;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class StackFileTest {
  @Test
  void readsEveryFieldOfTheContract() throws StackException {
    StackFile file =
        read(
            """
            stack: shop
            workloads:
              web:
                type: batch
                replicas: 3
                container:
                  image: "shop:2.1"
                  command: ["serve", "--port", 8080]
                  entrypoint: [/bin/sh]
                  env: {MODE: fast, DEBUG: true, LEVEL: 1.10, ANSWER: no}
                  workingDir: /srv
                  user: 1000:1000
                  pull: always
                  hostname: web
                  readOnly: true
                ports:
                  http: {target: 8080, publish: 80, hostAddress: "127.0.0.1"}
                  dns: {target: 53, protocol: udp}
                mounts:
                  - {target: /data, volume: shop-data}
                  - {target: /etc/shop, hostPath: /srv/shop, readOnly: true}
                resources: {cpu: 0.5, memory: 128Mi, devices: {gpu: 2, render: 1}}
                labels: {team: blue, version: 2}
                placement:
                  require: ["node.labels['a.b/c'] == ssd", has(node.labels.gpu)]
                  prefer: [{expr: node.labels.disk == ssd, weight: -50}]
                  spread: [node.labels.zone, node.name]
                  affinity: [{workload: db, within: node.labels.zone, weight: 10}]
                  antiAffinity: [{within: node.name}]
                  tolerations: [{key: gpu, value: "", effect: no-schedule}, {effect: no-execute}, {}]
                  strategy: spread
                restart: {condition: on-failure, attempts: 5, window: 1h30m, delay: 0s}
                stopGrace: 30s
                lostPolicy: fence
                priority: 70
                disruptionBudget: {maxUnavailable: 1}
            """);
    assertEquals("shop", file.stack());
    assertEquals(List.of(new StackWorkload("web", everyField())), file.workloads());
  }

  private static WorkloadSpec everyField() {
    return WorkloadSpec.newBuilder()
        .setType(WorkloadType.WORKLOAD_TYPE_BATCH)
        .setReplicas(3)
        .setContainer(
            ContainerSpec.newBuilder()
                .setImage("shop:2.1")
                .addAllCommand(List.of("serve", "--port", "8080"))
                .addEntrypoint("/bin/sh")
                .putEnv("MODE", "fast")
                .putEnv("DEBUG", "true")
                .putEnv("LEVEL", "1.10")
                .putEnv("ANSWER", "no")
                .setWorkingDir("/srv")
                .setUser("1000:1000")
                .setPull(PullPolicy.PULL_POLICY_ALWAYS)
                .setHostname("web")
                .setReadOnly(true))
        .addPorts(
            PortSpec.newBuilder()
                .setName("http")
                .setTarget(8080)
                .setPublish(80)
                .setHostAddress("127.0.0.1"))
        .addPorts(
            PortSpec.newBuilder()
                .setName("dns")
                .setTarget(53)
                .setProtocol(PortProtocol.PORT_PROTOCOL_UDP))
        .addMounts(Mount.newBuilder().setTarget("/data").setVolume("shop-data"))
        .addMounts(
            Mount.newBuilder().setTarget("/etc/shop").setHostPath("/srv/shop").setReadOnly(true))
        .setResources(
            Resources.newBuilder()
                .setCpuMillis(500)
                .setMemoryBytes(128L << 20)
                .addDevices(DeviceCount.newBuilder().setName("gpu").setCount(2))
                .addDevices(DeviceCount.newBuilder().setName("render").setCount(1)))
        .putLabels("team", "blue")
        .putLabels("version", "2")
        .setPlacement(everyPlacement())
        .setRestart(
            RestartPolicy.newBuilder()
                .setCondition(RestartCondition.RESTART_CONDITION_ON_FAILURE)
                .setAttempts(5)
                .setWindow(seconds(5400))
                .setDelay(seconds(0)))
        .setStopGrace(seconds(30))
        .setLostPolicy(LostPolicy.LOST_POLICY_FENCE)
        .setPriority(70)
        .setDisruptionBudget(DisruptionBudget.newBuilder().setMaxUnavailable(1))
        .build();
  }

  private static Placement everyPlacement() {
    return Placement.newBuilder()
        .addRequire("node.labels['a.b/c'] == ssd")
        .addRequire("has(node.labels.gpu)")
        .addPrefer(Preference.newBuilder().setExpression("node.labels.disk == ssd").setWeight(-50))
        .addSpread("node.labels.zone")
        .addSpread("node.name")
        .addAffinity(
            WorkloadAffinity.newBuilder()
                .setWorkload("db")
                .setWithin("node.labels.zone")
                .setWeight(10))
        .addAntiAffinity(WorkloadAffinity.newBuilder().setWithin("node.name"))
        .addTolerations(
            Toleration.newBuilder()
                .setKey("gpu")
                .setValue("")
                .setEffect(TaintEffect.TAINT_EFFECT_NO_SCHEDULE))
        .addTolerations(Toleration.newBuilder().setEffect(TaintEffect.TAINT_EFFECT_NO_EXECUTE))
        .addTolerations(Toleration.getDefaultInstance())
        .setStrategy(PlacementStrategy.PLACEMENT_STRATEGY_SPREAD)
        .build();
  }

  @Test
  void fillsInTypeAndReplicasAndNothingElse() throws StackException {
    StackFile file = read("stack: s\nworkloads: {w: {container: {image: demo}}}\n");
    WorkloadSpec expected =
        WorkloadSpec.newBuilder()
            .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
            .setReplicas(1)
            .setContainer(ContainerSpec.newBuilder().setImage("demo"))
            .build();
    assertEquals(expected, file.workloads().getFirst().spec());
  }

  private static com.google.protobuf.Duration seconds(long seconds) {
    return com.google.protobuf.Duration.newBuilder().setSeconds(seconds).build();
  }

  private static StackFile read(String text) throws StackException {
    return StackFile.read("shop.yaml", text.getBytes(StandardCharsets.UTF_8));
  }
}
