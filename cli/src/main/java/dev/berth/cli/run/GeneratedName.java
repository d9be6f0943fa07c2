package dev.berth.cli.run;

import java.util.Locale;
import java.util.random.RandomGenerator;

/// A name for a workload that was given none: the image's with four letters and digits.
final class GeneratedName {
  private static final String LETTERS = "bcdfghjkmnpqrstvwxz23456789";
  private static final int STEM_MAX = 40;

  private GeneratedName() {}

  static String of(String image, RandomGenerator random) {
    String path = image.substring(image.lastIndexOf('/') + 1);
    String stem =
        path.split("[:@]", 2)[0]
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-+|-+$", "");
    StringBuilder name = new StringBuilder(stem.substring(0, Math.min(stem.length(), STEM_MAX)));
    name.append(name.isEmpty() ? "run-" : "-");
    for (int i = 0; i < 4; i++) {
      name.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return name.toString();
  }
}
