package dev.berth.cli.logs;

import com.google.protobuf.Timestamp;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.EndingWait;
import dev.berth.cli.cluster.Listings;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.MomentArgument;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.v1.GetWorkloadRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.Workload;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth logs`.
@Command(
    description = "Shows the output of a workload, a slot or an instance.",
    footer = "Several slots: each line has its slot before it, and replacements are followed too.")
public final class LogsCommand extends ClusterVerb {
  private static final Duration LONG = Duration.ofDays(3650);
  private static final int TAIL_MAX = 1_000_000;

  @Option(
      names = {"-f", "--follow"},
      description = "Goes on with new output until all of it has ended.")
  private boolean follow;

  @Option(
      names = "--tail",
      paramLabel = "LINES",
      description = "Only the last lines of each slot, 1 to 1000000, or all.")
  private String tail = "all";

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only output since then: a span such as 10m, or a time in RFC 3339.")
  private String since = "";

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Only output until then, as --since.")
  private String until = "";

  @Option(
      names = {"-t", "--timestamps"},
      description = "Puts the time before each line.")
  private boolean timestamps;

  @Parameters(index = "0", paramLabel = "NAME", description = "Workload, slot or id.")
  private String name = "";

  /// @param terminal where it reads and writes
  public LogsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    Target.requireGrammar(name);
    var _ = options();
    if (follow && !until.isEmpty()) {
      throw FailureException.usage("--until and -f exclude each other");
    }
  }

  @Override
  protected int run(Cluster cluster) {
    Target target = Target.resolve(cluster, name);
    Workload workload =
        cluster
            .workloads()
            .getWorkload(
                GetWorkloadRequest.newBuilder()
                    .setNamespace(cluster.namespace())
                    .setName(target.workload())
                    .build());
    boolean prefixed = target.isWhole() && workload.getSpec().getReplicas() > 1;
    Context.CancellableContext watching = Context.current().withCancellation();
    LogOutput output = new LogOutput(terminal(), () -> watching.cancel(null));
    LogFollower follower = new LogFollower(cluster, output, options(), prefixed);
    try {
      watching.run(
          () -> {
            if (follow) {
              follow(cluster, target, workload, follower);
            } else {
              show(cluster, target, follower);
            }
          });
    } catch (StatusRuntimeException e) {
      if (!output.isClosed()) {
        throw e;
      }
    } finally {
      watching.cancel(null);
    }
    follower.awaitEnd(follow ? Duration.ofSeconds(10) : LONG);
    return follower.hasFailed() ? 1 : 0;
  }

  private static void follow(
      Cluster cluster, Target target, Workload workload, LogFollower follower) {
    boolean[] first = {true};
    var _ =
        new EndingWait(cluster, target, workload)
            .await(
                LONG,
                instances -> {
                  follower.observe(first[0] ? newest(instances) : instances);
                  first[0] = false;
                });
  }

  private static void show(Cluster cluster, Target target, LogFollower follower) {
    Collection<Instance> shown =
        newest(Listings.ofWorkload(cluster, target.workload()).getInstancesList());
    follower.observe(
        shown.stream()
            .filter(one -> target.isWhole() || target.slots().contains(one.getSlot()))
            .toList());
  }

  private LogOptions options() {
    Instant now = Instant.now();
    @Nullable Timestamp to = until.isEmpty() ? null : MomentArgument.parse("--until", until, now);
    @Nullable Timestamp from = since.isEmpty() ? null : MomentArgument.parse("--since", since, now);
    return new LogOptions(follow, tailLines(), from, to, timestamps);
  }

  private @Nullable Integer tailLines() {
    if (tail.equals("all")) {
      return null;
    }
    boolean digits =
        !tail.isEmpty() && tail.length() <= 7 && tail.chars().allMatch(c -> c >= '0' && c <= '9');
    int lines = digits ? Integer.parseInt(tail) : 0;
    if (lines < 1 || lines > TAIL_MAX) {
      throw FailureException.usage(
          "--tail: value: " + Printable.quote(tail) + " (expected: 1 to 1000000, or all)");
    }
    return lines;
  }

  // Older instances of a slot come into view only when a slot has no newer one.
  private static Collection<Instance> newest(Collection<Instance> instances) {
    Map<Integer, Instance> bySlot = new LinkedHashMap<>();
    for (Instance instance : instances) {
      bySlot.merge(instance.getSlot(), instance, (one, other) -> later(one, other) ? one : other);
    }
    return bySlot.values();
  }

  private static boolean later(Instance one, Instance other) {
    long seconds = one.getCreateTime().getSeconds() - other.getCreateTime().getSeconds();
    return seconds > 0
        || (seconds == 0 && one.getCreateTime().getNanos() >= other.getCreateTime().getNanos());
  }
}
