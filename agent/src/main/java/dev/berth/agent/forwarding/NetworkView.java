package dev.berth.agent.forwarding;

import dev.berth.agent.driver.MachineBridge;
import java.util.List;

/// The bridges of machines, and the packet filters that may stand in their way.
///
/// @param bridges of machines
/// @param filters each of the host's
/// @param tag the comment of the agent's rules
public record NetworkView(Bridges bridges, List<FilterState> filters, String tag) {
  /// Whether the bridges are known.
  public sealed interface Bridges {
    /// All of them.
    record Known(List<MachineBridge> all) implements Bridges {
      public Known {
        all = List.copyOf(all);
      }
    }

    /// Nobody can say.
    ///
    /// @param reason for people
    record Unknown(String reason) implements Bridges {}
  }

  public NetworkView {
    filters = List.copyOf(filters);
  }

  /// What one filter does not let through.
  ///
  /// @param program the filter's
  /// @param passages "from br0", "to br0"
  /// @param commands which let it through, as a person would type them
  public record Closed(FilterProgram program, List<String> passages, List<String> commands) {
    public Closed {
      passages = List.copyOf(passages);
      commands = List.copyOf(commands);
    }
  }

  /// The filters that do not let all through; none while the bridges are not known.
  public List<Closed> closed() {
    return bridges instanceof Bridges.Known(List<MachineBridge> all)
        ? filters.stream()
            .filter(FilterState.Seen.class::isInstance)
            .map(FilterState.Seen.class::cast)
            .map(seen -> closed(seen, all))
            .filter(closed -> !closed.passages().isEmpty())
            .toList()
        : List.of();
  }

  private Closed closed(FilterState.Seen seen, List<MachineBridge> all) {
    ForwardPlan plan = ForwardPlan.of(seen.table(), all, tag);
    return new Closed(
        seen.program(),
        plan.closed().stream().map(Passage::toString).toList(),
        plan.changes().stream()
            .filter(FilterChange.Add.class::isInstance)
            .map(change -> FilterReader.command(seen.program(), change))
            .toList());
  }
}
