package dev.berth.bench;

import java.util.Iterator;
import java.util.List;

/// Arguments of a benchmark about size.
///
/// @param nodes how many nodes, 1 to 100000
/// @param instances how many instances, 1 to 2000000
/// @param replicas how many of them a workload has, 1 to 10000
/// @param rounds how often all is done, 1 to 100
/// @param constrained whether workloads are spread over zones and keep their slots apart
record ScaleOptions(int nodes, int instances, int replicas, int rounds, boolean constrained) {
  private static final String EXPECTED =
      "--nodes N, --instances N, --replicas N, --rounds N or --constrained";

  static ScaleOptions parse(List<String> words, ScaleOptions defaults) {
    ScaleOptions o = defaults;
    Iterator<String> rest = words.iterator();
    while (rest.hasNext()) {
      String word = rest.next();
      if (word.equals("--constrained")) {
        o = new ScaleOptions(o.nodes, o.instances, o.replicas, o.rounds, true);
        continue;
      }
      String value = rest.hasNext() ? rest.next() : "";
      o =
          switch (word) {
            case "--nodes" ->
                new ScaleOptions(
                    number(word, value, 100_000), o.instances, o.replicas, o.rounds, o.constrained);
            case "--instances" ->
                new ScaleOptions(
                    o.nodes, number(word, value, 2_000_000), o.replicas, o.rounds, o.constrained);
            case "--replicas" ->
                new ScaleOptions(
                    o.nodes, o.instances, number(word, value, 10_000), o.rounds, o.constrained);
            case "--rounds" ->
                new ScaleOptions(
                    o.nodes, o.instances, o.replicas, number(word, value, 100), o.constrained);
            default ->
                throw new IllegalArgumentException(word + ": unknown (expected: " + EXPECTED + ")");
          };
    }
    return o;
  }

  private static int number(String option, String value, int most) {
    int number = value.matches("[0-9]{1,9}") ? Integer.parseInt(value) : 0;
    if (number < 1 || number > most) {
      throw new IllegalArgumentException(
          option + ": value: \"" + value + "\" (expected: 1 to " + most + ")");
    }
    return number;
  }
}
