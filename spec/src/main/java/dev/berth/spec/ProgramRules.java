package dev.berth.spec;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// The bounds of what every program is given, whatever it runs in: words and environment.
final class ProgramRules {
  private static final int ARGUMENTS_BYTES_MAX = 64 * 1024;
  private static final int ENV_MAX = 512;
  private static final int ENV_BYTES_MAX = 256 * 1024;

  private ProgramRules() {}

  static void words(String path, List<String> words, int max, Findings findings) {
    findings.count(path, words.size(), max, "words");
    long bytes = 0;
    for (int i = 0; i < words.size(); i++) {
      bytes += size(words.get(i));
      noNul(path + "[" + i + "]", words.get(i), findings);
    }
    findings.bytes(path, bytes, ARGUMENTS_BYTES_MAX);
  }

  static void env(String path, Map<String, String> env, Findings findings) {
    findings.count(path, env.size(), ENV_MAX, "variables");
    long bytes = 0;
    for (Map.Entry<String, String> variable : env.entrySet()) {
      bytes += size(variable.getKey()) + size(variable.getValue());
      String where = path + "[" + Printable.quote(variable.getKey()) + "]";
      findings.check(where, Names.envProblem(variable.getKey()));
      noNul(where, variable.getValue(), findings);
    }
    findings.bytes(path, bytes, ENV_BYTES_MAX);
  }

  private static void noNul(String path, String text, Findings findings) {
    if (text.indexOf('\0') >= 0) {
      findings.add(path, "value: " + Printable.quote(text) + " (expected: no NUL character)");
    }
  }

  private static long size(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
