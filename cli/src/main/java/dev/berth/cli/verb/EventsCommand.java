package dev.berth.cli.verb;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.Ages;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Json;
import dev.berth.cli.term.SinceArgument;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.v1.Event;
import dev.berth.v1.EventSeverity;
import dev.berth.v1.WatchEventsRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth events`.
@Command(description = "Shows what happened, the oldest first.")
public final class EventsCommand extends ClusterVerb {
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final int TRIES = 5;

  @Option(
      names = {"-f", "--follow"},
      description = "Goes on with what happens.")
  private boolean follow;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only since then: a span such as 10m, or a time in RFC 3339.")
  private String since = "";

  @Option(names = "--node", paramLabel = "NODE", description = "Only about this node.")
  private String node = "";

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "Events of every namespace.")
  private boolean allNamespaces;

  @Option(
      names = {"-o", "--output"},
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
    if (!format.equals("text") && !format.equals("json")) {
      throw FailureException.usage(
          "-o: value: " + Printable.quote(format) + " (expected: text or json)");
    }
    if (!since.isEmpty()) {
      var _ = SinceArgument.parse(since, Instant.now());
    }
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
      request.setSince(SinceArgument.parse(since, Instant.now()));
    }
    int tries = TRIES;
    while (true) {
      try {
        Iterator<Event> events = cluster.eventStreams().watchEvents(request.build());
        while (events.hasNext()) {
          Event event = events.next();
          terminal().out().println(format.equals("json") ? Json.line(event) : text(event));
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

  private static String text(Event event) {
    String object = event.getSlot();
    if (object.isEmpty()) {
      object = event.getWorkload().isEmpty() ? event.getNode() : event.getWorkload();
    } else if (!event.getNode().isEmpty()) {
      object += " on " + event.getNode();
    }
    String severity =
        event.getSeverity() == EventSeverity.EVENT_SEVERITY_WARNING ? "WARNING" : "info   ";
    String line =
        Ages.rfc3339(event.getTime())
            + "  "
            + severity
            + "  "
            + event.getReason()
            + "  "
            + object
            + (event.getMessage().isEmpty() ? "" : ": " + event.getMessage());
    return Printable.escape(line);
  }
}
