package dev.berth.cli.controller;

import com.google.protobuf.util.Durations;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.Ages;
import dev.berth.cli.term.OutputOptions;
import dev.berth.cli.term.Table;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.Controller;
import dev.berth.v1.ListControllersRequest;
import dev.berth.v1.ListControllersResponse;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `berth controller ls`.
@Command(description = "Lists the controllers that run: which one leads, and how the others are.")
public final class ControllerLsCommand extends ClusterVerb {
  @Mixin private final OutputOptions output = new OutputOptions();

  /// @param terminal where it reads and writes
  public ControllerLsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    output.check(List.of("id", "role"));
  }

  @Override
  protected int run(Cluster cluster) {
    ListControllersResponse answer =
        cluster.admin().listControllers(ListControllersRequest.getDefaultInstance());
    List<Controller> controllers =
        output.filter(
            answer.getControllersList(),
            (controller, key) -> key.equals("id") ? controller.getId() : role(controller));
    output.print(
        terminal(),
        controllers,
        answer.toBuilder().clearControllers().addAllControllers(controllers),
        new OutputOptions.Identity<>() {
          @Override
          public String id(Controller controller) {
            return controller.getId();
          }

          @Override
          public String name(Controller controller) {
            return controller.getAddress();
          }
        },
        _ -> table(controllers));
    return 0;
  }

  private static Table table(List<Controller> controllers) {
    Table table = new Table("ID", "ADDRESS", "ROLE", "REACHABLE", "STATE AGE", "VERSION", "AGE");
    Instant now = Instant.now();
    for (Controller controller : controllers) {
      table.row(
          controller.getId(),
          controller.getAddress(),
          role(controller),
          controller.getReachable() ? "yes" : "no",
          stateAge(controller),
          controller.getVersion(),
          Ages.since(controller.getStartTime(), now));
    }
    return table;
  }

  private static String role(Controller controller) {
    if (!controller.getReachable()) {
      return "unknown";
    }
    return controller.getLeader() ? "leader" : "follower";
  }

  private static String stateAge(Controller controller) {
    return controller.hasStateAge()
        ? String.format(Locale.ROOT, "%.1f s", Durations.toMillis(controller.getStateAge()) / 1e3)
        : "-";
  }
}
