package dev.berth.cli.verb;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.Ages;
import dev.berth.cli.term.Filters;
import dev.berth.cli.term.FormatNames;
import dev.berth.cli.term.Json;
import dev.berth.cli.term.MomentArgument;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.v1.Event;
import dev.berth.v1.EventSeverity;
import dev.berth.v1.WatchEventsRequest;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth events`.
@Command(description = "Shows what happened, the oldest first.")
public final class EventsCommand extends ClusterVerb {
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final int TRIES = 5;
  private static final List<String> FILTERS =
      List.of("event", "container", "instance", "workload", "node", "namespace", "severity");

  @Option(
      names = {"-f", "--follow"},
      description = "Goes on with what happens.")
  private boolean follow;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only since then: a span such as 10m, or a time in RFC 3339.")
  private String since = "";

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Only until then, as --since; with -f it ends at that time.")
  private String until = "";

  @Option(
      names = "--filter",
      paramLabel = "KEY=VALUE",
      description = "Only what has this value; may be given several times.")
  private List<String> filters = new ArrayList<>();

  @Option(names = "--node", paramLabel = "NODE", description = "Only about this node.")
  private String node = "";

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "Events of every namespace.")
  private boolean allNamespaces;

  @Option(
      names = {"-o", "--output", "--format"},
      paramLabel = "text|json",
      description = "Lines of text, unless given, or of JSON.")
  private String format = "text";

  @Parameters(arity = "0..1", paramLabel = "WORKLOAD", description = "Only of this workload.")
  private String workload = "";

  /// @param terminal where it reads and writes
  public EventsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    FormatNames.require(format, List.of("text", "json"));
    Instant now = Instant.now();
    if (!since.isEmpty()) {
      var _ = MomentArgument.parse("--since", since, now);
    }
    if (!until.isEmpty()) {
      var _ = MomentArgument.parse("--until", until, now);
    }
    new Filters(filters).check(FILTERS);
  }

  @Override
  protected int run(Cluster cluster) {
    WatchEventsRequest.Builder request =
        WatchEventsRequest.newBuilder()
            .setNamespace(allNamespaces ? "-" : cluster.namespace())
            .setWorkload(workload)
            .setNode(node)
            .setFollow(follow);
    if (!since.isEmpty()) {
      request.setSince(MomentArgument.parse("--since", since, Instant.now()));
    }
    if (until.isEmpty()) {
      return read(cluster, request, null);
    }
    Timestamp end = MomentArgument.parse("--until", until, Instant.now());
    long millis = Timestamps.toMillis(end) - System.currentTimeMillis();
    if (!follow || millis <= 0) {
      return read(cluster, request.setFollow(false), end);
    }
    return readUntil(end, millis, cluster, request);
  }

  /// New events are waited for until then.
  private int readUntil(
      Timestamp end, long millis, Cluster cluster, WatchEventsRequest.Builder request) {
    try (ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("events-until").factory());
        Context.CancellableContext waiting =
            Context.current().withDeadlineAfter(millis, TimeUnit.MILLISECONDS, timer)) {
      int[] code = {0};
      try {
        waiting.run(() -> code[0] = read(cluster, request, end));
      } catch (StatusRuntimeException e) {
        if (!waiting.isCancelled() && e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
          throw e;
        }
      }
      timer.shutdownNow();
      return code[0];
    }
  }

  /// @param end no later events; null: all
  private int read(Cluster cluster, WatchEventsRequest.Builder request, @Nullable Timestamp end) {
    Filters wanted = new Filters(filters);
    int tries = TRIES;
    while (true) {
      try {
        Iterator<Event> events = cluster.eventStreams().watchEvents(request.build());
        while (events.hasNext()) {
          Event event = events.next();
          if (end != null && Timestamps.compare(event.getTime(), end) > 0) {
            return 0;
          }
          if (wanted.let(event, EventsCommand::value)) {
            terminal().out().println(format.equals("json") ? Json.line(event) : text(event));
          }
          if (follow) {
            terminal().flush();
            tries = TRIES;
            request.setSince(Timestamps.add(event.getTime(), Durations.fromNanos(1)));
          }
        }
        return 0;
      } catch (StatusRuntimeException e) {
        // The leader changed: what the next one sees follows. Whether there is one, the next call
        // finds out; it waits a while for it.
        boolean lost = e.getStatus().getCode() == Status.Code.UNAVAILABLE;
        if (!lost || !follow || !request.hasSince() || tries == 0) {
          throw e;
        }
        tries--;
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  private static boolean value(Event event, String key, String wanted) {
    return switch (key) {
      case "event" -> event.getReason().equalsIgnoreCase(wanted);
      case "container", "instance" ->
          event.getSlot().equals(wanted)
              || event.getWorkload().equals(wanted)
              || (!wanted.isEmpty() && event.getInstance().startsWith(wanted));
      case "workload" -> event.getWorkload().equals(wanted);
      case "node" -> event.getNode().equals(wanted);
      case "namespace" -> event.getNamespace().equals(wanted);
      default -> severity(event).strip().equalsIgnoreCase(wanted);
    };
  }

  private static String severity(Event event) {
    return event.getSeverity() == EventSeverity.EVENT_SEVERITY_WARNING ? "WARNING" : "info   ";
  }

  private static String text(Event event) {
    String object = event.getSlot();
    if (object.isEmpty()) {
      object = event.getWorkload().isEmpty() ? event.getNode() : event.getWorkload();
    } else if (!event.getNode().isEmpty()) {
      object += " on " + event.getNode();
    }
    String line =
        Ages.rfc3339(event.getTime())
            + "  "
            + severity(event)
            + "  "
            + event.getReason()
            + "  "
            + object
            + (event.getMessage().isEmpty() ? "" : ": " + event.getMessage());
    return Printable.escape(line);
  }
}
