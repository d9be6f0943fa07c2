package dev.berth.simulation;

import dev.berth.simulation.fault.Fault;
import dev.berth.simulation.fault.PlantedBug;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What the command line asks for.
///
/// @param first first seed
/// @param last last seed
/// @param seconds how long to go on with further seeds; 0: only those
/// @param bugs what is planted
/// @param trace whether to print everything
/// @param kept which faults of the plan to keep, by index; empty: all
/// @param wishes how many wishes at most
/// @param chaosMillis how long chaos lasts; 0: as planned
record SimulateOptions(
    long first,
    long last,
    long seconds,
    Set<PlantedBug> bugs,
    boolean trace,
    List<Integer> kept,
    long wishes,
    long chaosMillis) {

  static final String USAGE =
      """
      usage: ./simulate [--seed N | --seeds A-B | --hours H] [--bug NAME] [--trace]
                        [--faults I,J,...|none] [--wishes N] [--chaos MILLISECONDS]
        --seed N      one seed
        --seeds A-B   several (the default is 1-100)
        --hours H     seed after seed for so long; H may be a fraction
        --bug NAME    plants a bug, to see it caught; --bug list prints their names
        --trace       prints everything that happens
        --faults, --wishes, --chaos: a smaller run of the seed, as printed when a run fails
      """;

  /// A command line that cannot be understood.
  static final class WrongUsageException extends Exception {
    private static final long serialVersionUID = 1L;

    WrongUsageException(String message) {
      super(message);
    }
  }

  static SimulateOptions parse(List<String> arguments) throws WrongUsageException {
    Parser parser = new Parser();
    List<String> rest = new ArrayList<>(arguments);
    while (!rest.isEmpty()) {
      String name = rest.removeFirst();
      if (name.equals("--trace")) {
        parser.trace = true;
      } else if (rest.isEmpty()) {
        throw new WrongUsageException(name + ": has no value, or is not known");
      } else {
        parser.take(name, rest.removeFirst());
      }
    }
    return parser.options();
  }

  /// Gathers the options.
  private static final class Parser {
    private long first = 1;
    private long last = 100;
    private long seconds;
    private final Set<PlantedBug> bugs = EnumSet.noneOf(PlantedBug.class);
    private boolean trace;
    private List<Integer> kept = List.of();
    private long wishes = Long.MAX_VALUE;
    private long chaosMillis;

    private void take(String name, String value) throws WrongUsageException {
      try {
        switch (name) {
          case "--seed" -> {
            first = Long.parseLong(value);
            last = first;
          }
          case "--seeds" -> {
            int dash = value.indexOf('-', 1);
            first = Long.parseLong(value, 0, dash, 10);
            last = Long.parseLong(value, dash + 1, value.length(), 10);
          }
          case "--hours" -> {
            seconds = (long) (Double.parseDouble(value) * 3_600);
            last = Long.MAX_VALUE;
          }
          case "--bug" -> bugs.add(PlantedBug.valueOf(value));
          case "--faults" ->
              kept =
                  value.equals("none")
                      ? List.of(-1)
                      : Arrays.stream(value.split(",")).map(Integer::valueOf).toList();
          case "--wishes" -> wishes = Long.parseLong(value);
          case "--chaos" -> chaosMillis = Long.parseLong(value);
          default -> throw new WrongUsageException(name + ": is not known");
        }
      } catch (IllegalArgumentException | IndexOutOfBoundsException _) {
        throw new WrongUsageException(name + ": value: \"" + value + "\" cannot be read");
      }
    }

    private SimulateOptions options() {
      return new SimulateOptions(first, last, seconds, bugs, trace, kept, wishes, chaosMillis);
    }
  }

  /// The run of a seed that these options ask for.
  Scenario scenario(long seed) {
    Scenario planned = Simulation.scenario(seed);
    List<Fault> faults =
        kept.isEmpty()
            ? planned.faults()
            : kept.stream()
                .filter(each -> each >= 0 && each < planned.faults().size())
                .map(each -> planned.faults().get(each))
                .toList();
    return new Scenario(
        planned.size(), faults, wishes, chaosMillis == 0 ? planned.chaosMillis() : chaosMillis);
  }
}
