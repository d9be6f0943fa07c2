package dev.berth.spec;

import dev.berth.v1.ContainerSpec;
import dev.berth.v1.PullPolicy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// The bounds of a container's spec.
final class ContainerRules {
  private static final int ARGUMENTS_MAX = 256;
  private static final int ARGUMENTS_BYTES_MAX = 64 * 1024;
  private static final int ENTRYPOINT_MAX = 64;
  private static final int ENV_MAX = 512;
  private static final int ENV_BYTES_MAX = 256 * 1024;

  private ContainerRules() {}

  static void check(String path, ContainerSpec container, Findings findings) {
    findings.check(path + ".image", Names.imageProblem(container.getImage()));
    words(path + ".command", container.getCommandList(), ARGUMENTS_MAX, findings);
    words(path + ".entrypoint", container.getEntrypointList(), ENTRYPOINT_MAX, findings);
    env(path + ".env", container.getEnvMap(), findings);
    if (!container.getWorkingDir().isEmpty() && !container.getWorkingDir().equals("/")) {
      findings.check(path + ".working_dir", Paths.problem(container.getWorkingDir()));
    }
    if (!container.getUser().isEmpty()) {
      findings.check(path + ".user", Names.userProblem(container.getUser()));
    }
    if (container.getPull() == PullPolicy.UNRECOGNIZED) {
      findings.add(
          path + ".pull",
          "value: " + container.getPullValue() + " (expected: if-missing, always or never)");
    }
    if (!container.getHostname().isEmpty()) {
      findings.check(path + ".hostname", Names.hostnameProblem(container.getHostname()));
    }
  }

  private static void words(String path, List<String> words, int max, Findings findings) {
    findings.count(path, words.size(), max, "words");
    long bytes = 0;
    for (int i = 0; i < words.size(); i++) {
      bytes += size(words.get(i));
      noNul(path + "[" + i + "]", words.get(i), findings);
    }
    findings.bytes(path, bytes, ARGUMENTS_BYTES_MAX);
  }

  private static void env(String path, Map<String, String> env, Findings findings) {
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
