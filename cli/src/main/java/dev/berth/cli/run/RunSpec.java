package dev.berth.cli.run;

import dev.berth.cli.term.EnvArguments;
import dev.berth.cli.term.FailureException;
import dev.berth.spec.Durations;
import dev.berth.spec.Printable;
import dev.berth.spec.Quantity;
import dev.berth.spec.SpecValidator;
import dev.berth.spec.Violation;
import dev.berth.spec.WorkloadDefaults;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.DeviceCount;
import dev.berth.v1.DisruptionBudget;
import dev.berth.v1.Kind;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Placement;
import dev.berth.v1.PortProtocol;
import dev.berth.v1.PortSpec;
import dev.berth.v1.PullPolicy;
import dev.berth.v1.Resources;
import dev.berth.v1.RestartCondition;
import dev.berth.v1.RestartPolicy;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Makes a spec of the options of `berth run`.
final class RunSpec {
  // What a machine gets that was asked for on the command line; a stack file must say it.
  private static final long VM_CPU_MILLIS = 1_000;
  private static final long VM_MEMORY_BYTES = 512L << 20;

  private final RunOptions options;

  private RunSpec(RunOptions options) {
    this.options = options;
  }

  /// The spec, checked against every bound of the contract.
  ///
  /// @param behind true for `-d`
  /// @param own the caller's environment
  /// @param image of a process its program
  /// @throws FailureException with exit code 2
  static WorkloadSpec of(
      RunOptions options,
      String image,
      List<String> command,
      boolean behind,
      Map<String, String> own) {
    WorkloadSpec spec = new RunSpec(options).build(image, command, behind, own);
    List<Violation> violations = SpecValidator.validate(spec);
    if (!violations.isEmpty()) {
      throw FailureException.usage(
          violations.stream().map(Violation::toString).collect(Collectors.joining("\n")));
    }
    return spec;
  }

  private WorkloadSpec build(
      String image, List<String> command, boolean behind, Map<String, String> own) {
    WorkloadSpec.Builder spec =
        WorkloadSpec.newBuilder()
            .setType(type(behind))
            .setReplicas(options.replicas)
            .setResources(resources());
    List<String> processOnly = kind() == Kind.KIND_PROCESS ? List.of() : options.process.given();
    if (!processOnly.isEmpty()) {
      throw FailureException.usage(processOnly.getFirst() + ": only for --kind process");
    }
    checkStreams(behind);
    switch (kind()) {
      case KIND_VM -> spec.setVm(new VmArguments(options).vm(image, command));
      case KIND_PROCESS ->
          spec.setProcess(new ProcessArguments(options).process(image, command, own));
      case KIND_CONTAINER, KIND_UNSPECIFIED, UNRECOGNIZED ->
          spec.setContainer(
              container(image, command, own)
                  .setStdin(options.interactive)
                  .setStdinOnce(options.interactive && !behind)
                  .setTty(options.tty));
    }
    Set<String> names = new HashSet<>();
    options.ports.forEach(text -> spec.addPorts(named(PortArgument.parse(text), names)));
    options.mounts.forEach(text -> spec.addMounts(MountArgument.parse(text)));
    spec.putAllLabels(pairs("--label", options.labels));
    Placement placement = PlacementArguments.parse(options.placement);
    if (!placement.equals(Placement.getDefaultInstance())) {
      spec.setPlacement(placement);
    }
    spec.setPriority(options.priority);
    if (!options.maxUnavailable.isEmpty()) {
      int most = number("--max-unavailable", options.maxUnavailable);
      spec.setDisruptionBudget(DisruptionBudget.newBuilder().setMaxUnavailable(most));
    }
    if (!options.restart.isEmpty()) {
      spec.setRestart(RestartArgument.parse(options.restart));
    } else if (!behind) {
      // In the foreground the caller sees the exit code and decides, as with docker.
      spec.setRestart(
          RestartPolicy.newBuilder().setCondition(RestartCondition.RESTART_CONDITION_NEVER));
    }
    if (!options.stopTimeout.isEmpty()) {
      spec.setStopGrace(
          read(
              "--stop-timeout",
              seconds(options.stopTimeout),
              Durations::parse,
              Durations::toProto));
    }
    if (!options.lostPolicy.isEmpty()) {
      spec.setLostPolicy(lostPolicy());
    }
    return spec.build();
  }

  private void checkStreams(boolean behind) {
    if ((options.interactive || options.tty) && kind() != Kind.KIND_CONTAINER) {
      throw FailureException.usage("-i and -t: only for containers (expected: -d, then attach)");
    }
    if (options.interactive && !behind && options.replicas != 1) {
      throw FailureException.usage("-i: the input is for one slot (expected: --replicas 1)");
    }
  }

  private ContainerSpec.Builder container(
      String image, List<String> command, Map<String, String> own) {
    ContainerSpec.Builder container =
        ContainerSpec.newBuilder()
            .setImage(image)
            .addAllCommand(command)
            .putAllEnv(EnvArguments.parse(options.env, options.envFiles, own))
            .setWorkingDir(options.workingDir)
            .setUser(options.user)
            .setHostname(options.hostname)
            .setReadOnly(options.readOnly)
            .setPull(pull());
    if (options.vm.networks.size() > 1) {
      throw FailureException.usage(
          "--network: count: %d (expected: at most 1 of a container)"
              .formatted(options.vm.networks.size()));
    }
    options.vm.networks.forEach(container::setNetwork);
    if (!options.entrypoint.isEmpty()) {
      container.addEntrypoint(options.entrypoint);
    }
    return container;
  }

  private Resources resources() {
    Resources.Builder resources = Resources.newBuilder();
    if (kind() == Kind.KIND_VM) {
      resources.setCpuMillis(VM_CPU_MILLIS).setMemoryBytes(VM_MEMORY_BYTES);
    }
    if (!options.cpus.isEmpty()) {
      resources.setCpuMillis(read("--cpus", options.cpus, Quantity::parseCpuMillis, n -> n));
    }
    if (!options.memory.isEmpty()) {
      resources.setMemoryBytes(read("-m", options.memory, Quantity::parseMemoryBytes, n -> n));
    }
    for (String text : options.devices) {
      int equals = text.indexOf('=');
      resources.addDevices(
          DeviceCount.newBuilder()
              .setName(equals < 0 ? text : text.substring(0, equals))
              .setCount(equals < 0 ? 1 : number("--device", text.substring(equals + 1))));
    }
    return resources.build();
  }

  private Kind kind() {
    return switch (options.kind) {
      case "container" -> Kind.KIND_CONTAINER;
      case "vm" -> Kind.KIND_VM;
      case "process" -> Kind.KIND_PROCESS;
      default -> throw wrong("--kind", options.kind, "container, vm or process");
    };
  }

  private WorkloadType type(boolean behind) {
    return switch (options.type) {
      case "" -> behind ? WorkloadType.WORKLOAD_TYPE_SERVICE : WorkloadType.WORKLOAD_TYPE_BATCH;
      case "service" -> WorkloadType.WORKLOAD_TYPE_SERVICE;
      case "batch" -> WorkloadType.WORKLOAD_TYPE_BATCH;
      default -> throw wrong("--type", options.type, "service or batch");
    };
  }

  private PullPolicy pull() {
    return switch (options.pull) {
      case "missing", "if-missing" -> PullPolicy.PULL_POLICY_IF_MISSING;
      case "always" -> PullPolicy.PULL_POLICY_ALWAYS;
      case "never" -> PullPolicy.PULL_POLICY_NEVER;
      default -> throw wrong("--pull", options.pull, "missing, always or never");
    };
  }

  private LostPolicy lostPolicy() {
    return switch (options.lostPolicy) {
      case "replace" -> LostPolicy.LOST_POLICY_REPLACE;
      case "hold" -> LostPolicy.LOST_POLICY_HOLD;
      case "fence" -> LostPolicy.LOST_POLICY_FENCE;
      default -> throw wrong("--lost-policy", options.lostPolicy, "replace, hold or fence");
    };
  }

  // A target that is published twice, or for both protocols, still needs names of its own.
  private static PortSpec named(PortSpec port, Set<String> names) {
    boolean udp = port.getProtocol() == PortProtocol.PORT_PROTOCOL_UDP;
    String stem = WorkloadDefaults.portName(port) + (udp ? "-udp" : "");
    String name = stem;
    for (int i = 2; !names.add(name); i++) {
      name = stem + "-" + i;
    }
    return name.equals(WorkloadDefaults.portName(port))
        ? port
        : port.toBuilder().setName(name).build();
  }

  /// Pairs by key; the last of a key counts.
  ///
  /// @throws FailureException with exit code 2
  static Map<String, String> pairs(String option, List<String> texts) {
    Map<String, String> pairs = new TreeMap<>();
    for (String text : texts) {
      int equals = text.indexOf('=');
      if (equals < 1) {
        throw wrong(option, text, "KEY=VALUE");
      }
      pairs.put(text.substring(0, equals), text.substring(equals + 1));
    }
    return pairs;
  }

  static int number(String option, String text) {
    if (!text.matches("[0-9]{1,9}")) {
      throw wrong(option, text, "a whole number");
    }
    return Integer.parseInt(text);
  }

  private static String seconds(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9') ? text + "s" : text;
  }

  private static <A, B> B read(
      String option, String text, Function<String, A> parser, Function<A, B> converter) {
    try {
      return converter.apply(parser.apply(text));
    } catch (IllegalArgumentException e) {
      throw FailureException.usage(option + ": " + e.getMessage());
    }
  }

  static FailureException wrong(String option, String value, String expected) {
    return FailureException.usage(
        option + ": value: " + Printable.quote(value) + " (expected: " + expected + ")");
  }
}
