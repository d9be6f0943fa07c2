package dev.berth.bench;

import java.util.List;

/// Arguments of a benchmark.
///
/// @param count how many containers or runs, 1 to 1000
/// @param rounds how often all is done, 1 to 100
record Options(int count, int rounds) {
  static Options parse(List<String> words, Options defaults) {
    Options options = defaults;
    for (int i = 0; i < words.size(); i += 2) {
      String value = i + 1 < words.size() ? words.get(i + 1) : "";
      options =
          switch (words.get(i)) {
            case "--count" -> new Options(number("--count", value, 1000), options.rounds);
            case "--rounds" -> new Options(options.count, number("--rounds", value, 100));
            default ->
                throw new IllegalArgumentException(
                    words.get(i) + ": unknown (expected: --count N or --rounds N)");
          };
    }
    return options;
  }

  private static int number(String option, String value, int most) {
    if (!value.matches("[0-9]{1,4}")
        || Integer.parseInt(value) < 1
        || Integer.parseInt(value) > most) {
      throw new IllegalArgumentException(
          option + ": value: \"" + value + "\" (expected: 1 to " + most + ")");
    }
    return Integer.parseInt(value);
  }
}
