package dev.berth.cli.compare;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Json;
import dev.berth.cli.term.ProgressLine;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Durations;
import dev.berth.spec.Quantity;
import dev.berth.v1.Kind;
import dev.berth.v1.Node;
import dev.berth.v1.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `berth compare`.
@Command(
    description =
        "Runs the same program as a process, a container and a virtual machine on one node, in"
            + " turn, and shows what each costs: time to start, memory, disk, requests a second.",
    footer = {
      "Without --process, --container and --vm it is the demo's web server. Times are seconds since"
          + " the request; the program has started when it answers over HTTP. Of several rounds the"
          + " middle counts. What the node cannot run is left out, with the reason."
    })
public final class CompareCommand extends ClusterVerb {
  private static final int ROUNDS_MAX = 100;
  private static final Duration LOAD_MAX = Duration.ofMinutes(10);

  @Option(names = "--node", paramLabel = "NODE", description = "Where; the only node unless given.")
  private String node = "";

  @Option(
      names = {"-r", "--rounds"},
      paramLabel = "N",
      description = "How often each is started, 1 to 100; 3 unless given.")
  private int rounds = 3;

  @Option(
      names = "--process",
      paramLabel = "COMMAND",
      description = "For the node's shell; is to listen on the port in BERTH_PORT_HTTP.")
  private String process = "";

  @Option(names = "--container", paramLabel = "IMAGE", description = "Listens on --target.")
  private String container = "";

  @Option(names = "--vm", paramLabel = "IMAGE", description = "Listens on --target.")
  private String vm = "";

  @Option(
      names = "--target",
      paramLabel = "PORT",
      description = "Port inside of the container and the machine; 80 unless given.")
  private int target = 80;

  @Option(names = "--cpus", paramLabel = "CPUS", description = "Of each; 1 unless given.")
  private String cpus = "1";

  @Option(
      names = {"-m", "--memory"},
      paramLabel = "BYTES",
      description = "Of each; 256m unless given.")
  private String memory = "256m";

  @Option(
      names = "--load",
      paramLabel = "TIME",
      description = "How long each is asked as fast as it answers; 2s unless given, 0: not.")
  private String load = "2s";

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "How long a start may take; 5m unless given.")
  private String timeout = "5m";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "text|json",
      description = "A table and a picture, unless given; or JSON.")
  private String format = "text";

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Writes a page with pictures there, too.")
  private String page = "";

  /// @param terminal where it reads and writes
  public CompareCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    if (rounds < 1 || rounds > ROUNDS_MAX) {
      throw FailureException.usage("--rounds: value: " + rounds + " (expected: 1 to 100)");
    }
    if (target < 1 || target > 65_535) {
      throw FailureException.usage("--target: value: " + target + " (expected: 1 to 65535)");
    }
    if (!format.equals("text") && !format.equals("json")) {
      throw FailureException.usage("-o: value: \"" + format + "\" (expected: text or json)");
    }
    if (read("--load", load, Durations::parse).compareTo(LOAD_MAX) > 0) {
      throw FailureException.usage("--load: value: " + load + " (expected: at most 10m)");
    }
    if (!read("--timeout", timeout, Durations::parse).isPositive()) {
      throw FailureException.usage("--timeout: value: " + timeout + " (expected: more than 0)");
    }
    var _ = resources();
    if (!page.isEmpty()) {
      requireWritable(Path.of(page).toAbsolutePath());
    }
  }

  /// Not only when all is measured.
  private static void requireWritable(Path file) {
    if (Files.isDirectory(file)) {
      throw FailureException.usage("--html: " + file + " is a directory (expected: a file)");
    }
    Path parent = file.getParent();
    if (parent == null || !Files.isWritable(parent)) {
      throw FailureException.usage("--html: no file can be made in " + parent);
    }
  }

  @Override
  protected int run(Cluster cluster) throws IOException {
    Node where = Host.find(cluster, node);
    Programs programs = programs();
    List<Subject> subjects = programs.subjects(where.getName(), resources());
    Trial trial =
        new Trial(
            cluster,
            where.getDescription().getAddress(),
            read("--load", load, Durations::parse),
            read("--timeout", timeout, Durations::parse));
    Thread interrupted =
        Thread.ofPlatform()
            .name("interrupted")
            .unstarted(
                () -> {
                  terminal().say("berth: taking away what was started");
                  trial.end();
                });
    Runtime.getRuntime().addShutdownHook(interrupted);
    Comparison comparison;
    try {
      comparison = new Comparison(setting(where, programs), compare(where, trial, subjects));
    } finally {
      leave(interrupted);
    }
    print(comparison);
    if (comparison.columns().isEmpty()) {
      throw new FailureException(ExitCode.FAILURE, "nothing could be measured");
    }
    return ExitCode.OK;
  }

  private Map<Kind, Outcome> compare(Node where, Trial trial, List<Subject> subjects) {
    Map<Kind, Outcome> outcomes = new LinkedHashMap<>();
    subjects.forEach(each -> outcomes.put(each.kind(), Host.start(where, each.kind())));
    ProgressLine progress = new ProgressLine(terminal());
    try {
      for (int round = 1; round <= rounds; round++) {
        for (Subject subject : subjects) {
          progress.show("round %d of %d: %s".formatted(round, rounds, subject.name()));
          outcomes.compute(
              subject.kind(),
              (_, before) ->
                  switch (before) {
                    case Outcome.LeftOut left -> left;
                    case Outcome.Measured(List<Round> known) -> next(trial, subject, known);
                    case null -> throw new IllegalStateException("each has one");
                  });
        }
      }
    } finally {
      progress.end();
    }
    return outcomes;
  }

  private static Outcome next(Trial trial, Subject subject, List<Round> known) {
    try {
      List<Round> all = new ArrayList<>(known);
      all.add(trial.run(subject));
      return new Outcome.Measured(all);
    } catch (WebPort.HopelessException e) {
      return new Outcome.LeftOut(String.valueOf(e.getMessage()));
    }
  }

  private void print(Comparison comparison) throws IOException {
    if (format.equals("json")) {
      terminal().out().println(Json.pretty(ComparisonJson.of(comparison)));
    } else {
      terminal().out().append(new ComparisonText(terminal().columns()).of(comparison));
    }
    if (!page.isEmpty()) {
      Files.writeString(Path.of(page), ComparisonPage.of(comparison));
      terminal().flush();
      terminal().say("page: " + page);
    }
  }

  private Programs programs() {
    return process.isEmpty() && container.isEmpty() && vm.isEmpty()
        ? Programs.DEMO
        : new Programs(process, container, vm, target);
  }

  private Comparison.Setting setting(Node where, Programs programs) {
    Resources each = resources();
    return new Comparison.Setting(
        where.getName(),
        Host.describe(where),
        programs.equals(Programs.DEMO) ? "The demo's web server" : "A program of your own",
        rounds,
        Quantity.formatCpu(each.getCpuMillis())
            + " CPU and "
            + Quantity.roundedMemory(each.getMemoryBytes())
            + " of memory",
        Host.isAccelerated(where));
  }

  private Resources resources() {
    return Resources.newBuilder()
        .setCpuMillis(read("--cpus", cpus, Quantity::parseCpuMillis))
        .setMemoryBytes(read("--memory", memory, Quantity::parseMemoryBytes))
        .build();
  }

  private static <T> T read(String option, String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw FailureException.usage(option + ": " + e.getMessage());
    }
  }

  private static void leave(Thread hook) {
    try {
      boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // It ends already, and the hook takes away what is there.
    }
  }
}
