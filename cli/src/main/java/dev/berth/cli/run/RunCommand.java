package dev.berth.cli.run;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Ending;
import dev.berth.cli.console.ProgramAttachment;
import dev.berth.cli.registry.PinnedImages;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Names;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `berth run`.
@Command(
    description =
        "Runs a container, a virtual machine or a program of a node, in the foreground or with -d"
            + " behind.",
    footer = {
      "With -i and -t it is attached to the program: Ctrl-P Ctrl-Q leaves, and the program goes"
          + " on.",
      "In the foreground it shows the output and ends with the program's exit code; Ctrl-C stops",
      "the program, unless --sig-proxy says otherwise. With -d it prints the workload's name as"
          + " soon as it is accepted."
    })
public final class RunCommand extends ClusterVerb {
  @Option(
      names = {"-d", "--detach"},
      description = "Runs behind, as a service unless --type says otherwise.")
  private boolean behind;

  @Option(names = "--rm", description = "Removes the workload when it has ended.")
  private boolean remove;

  @Option(names = "--name", paramLabel = "NAME", description = "Name; made up unless given.")
  private String name = "";

  @Option(
      names = "--detach-keys",
      paramLabel = "KEYS",
      description = "With -i and -t: keys that leave it running; ctrl-p,ctrl-q unless given.")
  private String detachKeys = ProgramAttachment.DEFAULT_KEYS;

  @Option(
      names = "--sig-proxy",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description =
          "In the foreground, instead of a stop on Ctrl-C: true hands signals on to the program,"
              + " false leaves it running.")
  private @Nullable Boolean signals;

  @Mixin private final RunOptions options = new RunOptions();

  @Parameters(
      arity = "1..*",
      paramLabel = "IMAGE [COMMAND…]",
      description = "The image, and what replaces its command; of a process the command alone.")
  private List<String> words = new ArrayList<>();

  /// @param terminal where it reads and writes
  public RunCommand(Terminal terminal) {
    super(terminal);
  }

  /// What follows the image belongs to the program, options too.
  @Spec
  void endOptionsAtImage(CommandSpec spec) {
    spec.parser().stopAtPositional(true);
  }

  @Override
  protected void checkUsage() {
    if (behind && remove) {
      throw FailureException.usage("--rm and -d exclude each other; use `berth rm` later");
    }
    if (!behind && options.type.equals("service")) {
      throw FailureException.usage("--type service runs behind (expected: -d with it)");
    }
    ProgramAttachment.checkKeys(detachKeys);
    if (options.interactive && options.tty && !behind && !terminal().inIsTerminal()) {
      throw FailureException.usage(
          "-t: the input is no terminal (expected: -i alone when something is piped in)");
    }
    String problem = name.isEmpty() ? null : Names.workloadProblem(name);
    if (problem != null) {
      throw FailureException.usage("--name: " + problem);
    }
    var _ = spec();
  }

  @Override
  protected int failureCode() {
    return Ending.NO_CODE;
  }

  @Override
  protected int run(Cluster cluster) {
    WorkloadSpec spec = spec();
    if (spec.getReplicas() > 1) {
      // One alone is what its node has or pulls, as with docker.
      spec = new PinnedImages(cluster, terminal()).pin(spec, WorkloadSpec.getDefaultInstance());
    }
    String chosen =
        name.isEmpty() ? GeneratedName.of(words.getFirst(), ThreadLocalRandom.current()) : name;
    Workload workload =
        cluster
            .workloads()
            .createWorkload(
                CreateWorkloadRequest.newBuilder()
                    .setWorkload(
                        Workload.newBuilder()
                            .setNamespace(cluster.namespace())
                            .setName(chosen)
                            .setSpec(spec))
                    .setRequestId(UUID.randomUUID().toString())
                    .build());
    if (behind) {
      terminal().out().println(workload.getName());
      return 0;
    }
    Optional<ProgramAttachment> attachment =
        options.interactive
            ? Optional.of(new ProgramAttachment(cluster, terminal(), detachKeys))
            : Optional.empty();
    return new ForegroundRun(
            cluster,
            terminal(),
            workload,
            remove,
            attachment,
            Interruption.of(signals, options.tty))
        .await();
  }

  private WorkloadSpec spec() {
    return RunSpec.of(
        options,
        words.getFirst(),
        words.subList(1, words.size()),
        behind,
        terminal().environment());
  }
}
