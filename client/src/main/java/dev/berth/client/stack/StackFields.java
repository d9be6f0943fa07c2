package dev.berth.client.stack;

import dev.berth.spec.Names;
import dev.berth.spec.SlotName;
import dev.berth.v1.DeviceCount;
import dev.berth.v1.DisruptionBudget;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Mount;
import dev.berth.v1.PortProtocol;
import dev.berth.v1.PortSpec;
import dev.berth.v1.Resources;
import dev.berth.v1.RestartCondition;
import dev.berth.v1.RestartPolicy;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The table of a stack file's fields: the only place where they are declared. The reader and the
/// JSON Schema are both made from it.
final class StackFields {
  static final String NAME_PATTERN = "[a-z0-9]([a-z0-9-]*[a-z0-9])?";
  static final String RUNTIME_PATTERN = "[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}";
  static final String LABEL_PATTERN = "[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?";
  private static final int PORT_MAX = 65_535;
  private static final String LATER = "not accepted by this version of Berth; ";

  private StackFields() {}

  /// A whole file.
  static ObjectShape<StackDraft> stack() {
    return new ObjectShape<>(
        StackDraft::new,
        List.of(
            new Field<>(
                "stack",
                "",
                "Name of the stack, 1 to 63 lower-case letters, digits and inner dashes.",
                Scalars.name("a name", NAME_PATTERN, Names::namespaceProblem),
                StackDraft::setName),
            new Field<>(
                "workloads",
                "",
                "The workloads by name, at most 1000.",
                new MapShape<>(workload(), NAME_PATTERN, Names::workloadProblem, false, 1000),
                StackDraft::setWorkloads)),
        List.of("stack", "workloads"),
        List.of(),
        new TreeMap<>(
            Map.of(
                "services",
                "this is a Compose file (expected: a stack file with \"stack\" and \"workloads\")",
                "version",
                "stack files have none (expected: \"stack\" and \"workloads\")")));
  }

  private static ObjectShape<WorkloadSpec.Builder> workload() {
    List<Field<WorkloadSpec.Builder, ?>> fields = new ArrayList<>(whatRuns());
    fields.addAll(howItRuns());
    return new ObjectShape<>(
        () -> WorkloadSpec.newBuilder().setType(WorkloadType.WORKLOAD_TYPE_SERVICE).setReplicas(1),
        List.copyOf(fields),
        List.of(),
        List.of("container", "vm", "process"),
        later());
  }

  private static List<Field<WorkloadSpec.Builder, ?>> whatRuns() {
    return List.of(
        new Field<>(
            "type",
            "type",
            "What is striven for: service (keep every replica running, the default) or batch"
                + " (run every replica to completion).",
            Scalars.choice(
                Scalars.words(
                    List.of("service", "batch"),
                    List.of(WorkloadType.WORKLOAD_TYPE_SERVICE, WorkloadType.WORKLOAD_TYPE_BATCH))),
            WorkloadSpec.Builder::setType),
        new Field<>(
            "replicas",
            "replicas",
            "Number of slots, 0 to 10000; 1 unless said.",
            Scalars.integer(0, SlotName.MAX_SLOT),
            WorkloadSpec.Builder::setReplicas),
        new Field<>(
            "container",
            "container",
            "The container to run.",
            ContainerFields.container(),
            WorkloadSpec.Builder::setContainer),
        new Field<>(
            "vm",
            "vm",
            "The virtual machine to run; its CPUs and memory are said in \"resources\".",
            VmFields.vm(),
            WorkloadSpec.Builder::setVm),
        new Field<>(
            "process",
            "process",
            "The program of the node to run.",
            ProcessFields.process(),
            WorkloadSpec.Builder::setProcess),
        new Field<>(
            "resources",
            "resources",
            "What each slot requests and may use.",
            resources(),
            WorkloadSpec.Builder::setResources),
        new Field<>(
            "ports",
            "ports",
            "Ports that each slot offers, by name, at most 64.",
            new MapShape<>(port(), NAME_PATTERN, Names::portProblem, true, 64),
            StackFields::setPorts),
        new Field<>(
            "mounts",
            "mounts",
            "Host paths and named volumes given to each slot, at most 64.",
            new ListShape<>(mount(), "a list of mounts", 64),
            (spec, mounts) -> mounts.forEach(spec::addMounts)));
  }

  private static List<Field<WorkloadSpec.Builder, ?>> howItRuns() {
    return List.of(
        new Field<>(
            "labels",
            "labels",
            "Labels for people and selectors, at most 64.",
            labels(64),
            WorkloadSpec.Builder::putAllLabels),
        new Field<>(
            "placement",
            "placement",
            "Where slots may run.",
            PlacementFields.placement(),
            WorkloadSpec.Builder::setPlacement),
        new Field<>(
            "restart",
            "restart",
            "What happens when a slot's program ends.",
            restart(),
            WorkloadSpec.Builder::setRestart),
        new Field<>(
            "stopGrace",
            "stop_grace",
            "Time between the polite stop and the kill, 0s to 1h; 10s for containers, 120s for"
                + " virtual machines and 5s for processes unless said.",
            Scalars.duration(),
            WorkloadSpec.Builder::setStopGrace),
        new Field<>(
            "lostPolicy",
            "lost_policy",
            "What happens when a slot's node is lost: replace, hold (the default for virtual"
                + " machines and with mounts) or fence.",
            Scalars.choice(
                Scalars.words(
                    List.of("replace", "hold", "fence"),
                    List.of(
                        LostPolicy.LOST_POLICY_REPLACE,
                        LostPolicy.LOST_POLICY_HOLD,
                        LostPolicy.LOST_POLICY_FENCE))),
            WorkloadSpec.Builder::setLostPolicy),
        new Field<>(
            "priority",
            "priority",
            "Who goes first when there is not room for all, 1 to 100; 50 unless said. It may take"
                + " the place of what is lower by 10 or more.",
            Scalars.integer(1, 100),
            WorkloadSpec.Builder::setPriority),
        new Field<>(
            "disruptionBudget",
            "disruption_budget",
            "How much may be away because of drains and preemption; no limit unless said.",
            disruptionBudget(),
            WorkloadSpec.Builder::setDisruptionBudget));
  }

  private static Map<String, String> later() {
    Map<String, String> later = new TreeMap<>();
    later.put("schedule", LATER + "types are service and batch");
    later.put("health", LATER + "running for 10s counts as healthy");
    later.put("update", LATER + "slots are replaced one at a time");
    later.put(
        "image",
        "belongs into \"container\" or \"vm\", as container: {image: …} or vm: {disk: {image: …}}");
    return later;
  }

  private static ObjectShape<Resources.Builder> resources() {
    return plain(
        Resources::newBuilder,
        List.of(
            new Field<>(
                "cpu",
                "cpu_millis",
                "CPU requested and enforced as a limit, such as 500m, 0.5 or 2, to 1024; unless"
                    + " said 100m is requested and nothing limited.",
                Scalars.cpu(),
                Resources.Builder::setCpuMillis),
            new Field<>(
                "memory",
                "memory_bytes",
                "Memory requested and enforced as a limit, such as 128Mi or 20Gi, 6Mi to 64Ti;"
                    + " unless said 64Mi is requested and nothing limited.",
                Scalars.memory(),
                Resources.Builder::setMemoryBytes),
            new Field<>(
                "devices",
                "devices",
                "Devices that each slot has to itself, by name as the nodes call them, with their"
                    + " number, 1 to 64; at most 16.",
                new MapShape<>(
                    Scalars.integer(1, 64), NAME_PATTERN, Names::deviceProblem, true, 16),
                StackFields::setDevices)));
  }

  private static void setDevices(Resources.Builder resources, Map<String, Integer> devices) {
    devices.forEach(
        (name, count) ->
            resources.addDevices(DeviceCount.newBuilder().setName(name).setCount(count)));
  }

  private static ObjectShape<DisruptionBudget.Builder> disruptionBudget() {
    return new ObjectShape<>(
        DisruptionBudget::newBuilder,
        List.of(
            new Field<>(
                "maxUnavailable",
                "max_unavailable",
                "Most slots that are away at once, for whatever reason, 0 to 10000; 0: it is never"
                    + " disturbed.",
                Scalars.integer(0, SlotName.MAX_SLOT),
                DisruptionBudget.Builder::setMaxUnavailable)),
        List.of("maxUnavailable"),
        List.of(),
        Map.of());
  }

  private static ObjectShape<PortSpec.Builder> port() {
    return new ObjectShape<>(
        PortSpec::newBuilder,
        List.of(
            new Field<>(
                "target",
                "target",
                "Port inside, 1 to 65535.",
                Scalars.integer(1, PORT_MAX),
                PortSpec.Builder::setTarget),
            new Field<>(
                "publish",
                "publish",
                "Port on the node, 1 to 65535, exclusive there; 0 or absent: one of the node's"
                    + " dynamic range.",
                Scalars.integer(0, PORT_MAX),
                PortSpec.Builder::setPublish),
            new Field<>(
                "protocol",
                "protocol",
                "tcp, the default, or udp.",
                Scalars.choice(
                    Scalars.words(
                        List.of("tcp", "udp"),
                        List.of(PortProtocol.PORT_PROTOCOL_TCP, PortProtocol.PORT_PROTOCOL_UDP))),
                PortSpec.Builder::setProtocol),
            new Field<>(
                "hostAddress",
                "host_address",
                "Address of the node to listen on, IPv4 or IPv6; absent: all.",
                Scalars.text("an IP address", _ -> null),
                PortSpec.Builder::setHostAddress)),
        List.of("target"),
        List.of(),
        Map.of());
  }

  private static void setPorts(WorkloadSpec.Builder spec, Map<String, PortSpec.Builder> ports) {
    ports.forEach((name, port) -> spec.addPorts(port.setName(name)));
  }

  private static ObjectShape<Mount.Builder> mount() {
    return new ObjectShape<>(
        Mount::newBuilder,
        List.of(
            new Field<>(
                "target",
                "target",
                "Where it is seen inside, an absolute path without \"..\".",
                Scalars.text("an absolute path", _ -> null),
                Mount.Builder::setTarget),
            new Field<>(
                "hostPath",
                "host_path",
                "Absolute path on the node, which must exist; not \"/\" and not a container"
                    + " runtime's socket.",
                Scalars.text("an absolute path", _ -> null),
                Mount.Builder::setHostPath),
            new Field<>(
                "volume",
                "volume",
                "Name of a volume of the node's runtime, made when missing.",
                Scalars.name("a name", RUNTIME_PATTERN, Names::volumeProblem),
                Mount.Builder::setVolume),
            new Field<>(
                "readOnly",
                "read_only",
                "Mounts it read-only.",
                Scalars.bool(),
                Mount.Builder::setReadOnly)),
        List.of("target"),
        List.of("hostPath", "volume"),
        Map.of());
  }

  private static ObjectShape<RestartPolicy.Builder> restart() {
    return plain(
        RestartPolicy::newBuilder,
        List.of(
            new Field<>(
                "condition",
                "condition",
                "When the program is started again: always (the default of services), on-failure"
                    + " (of batch) or never.",
                Scalars.choice(
                    Scalars.words(
                        List.of("always", "on-failure", "never"),
                        List.of(
                            RestartCondition.RESTART_CONDITION_ALWAYS,
                            RestartCondition.RESTART_CONDITION_ON_FAILURE,
                            RestartCondition.RESTART_CONDITION_NEVER))),
                RestartPolicy.Builder::setCondition),
            new Field<>(
                "attempts",
                "attempts",
                "Restarts on the node within the window before the instance counts as failed, 0 to"
                    + " 1000; service 2, batch 3 unless said.",
                Scalars.integer(0, 1000),
                RestartPolicy.Builder::setAttempts),
            new Field<>(
                "window",
                "window",
                "Time over which attempts are counted, 1s to 7d; service 30m, batch 24h unless"
                    + " said.",
                Scalars.duration(),
                RestartPolicy.Builder::setWindow),
            new Field<>(
                "delay",
                "delay",
                "Wait before a restart, 0s to 1h; 15s unless said.",
                Scalars.duration(),
                RestartPolicy.Builder::setDelay)));
  }

  private static MapShape<String> labels(int max) {
    return new MapShape<>(Scalars.word(), LABEL_PATTERN, Names::labelKeyProblem, false, max);
  }

  private static <B> ObjectShape<B> plain(
      java.util.function.Supplier<B> start, List<Field<B, ?>> fields) {
    return new ObjectShape<>(start, fields, List.of(), List.of(), Map.of());
  }
}
