package dev.berth.spec;

import dev.berth.v1.BuildOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a build is asked for.
public final class BuildRules {
  /// Most names that one build gives.
  public static final int TAGS_MAX = 32;

  /// Most logins that go with one build.
  public static final int LOGINS_MAX = 32;

  private static final int PATH_MAX = 4096;
  private static final int WORD_MAX = 512;
  private static final int VALUES_MAX = 1000;
  private static final int VALUES_CHARS = 256 << 10;

  private BuildRules() {}

  /// Everything that is wrong with an order, but for its logins.
  public static List<Violation> validate(BuildOrder order) {
    Findings findings = new Findings();
    if (!order.getNode().isEmpty()) {
      findings.check("node", Names.nodeProblem(order.getNode()));
    }
    count(findings, "tags", order.getTagsCount(), TAGS_MAX);
    order.getTagsList().forEach(tag -> findings.check("tags", ImageRules.tagProblem(tag)));
    text(findings, "dockerfile", order.getDockerfile(), PATH_MAX);
    text(findings, "target", order.getTarget(), WORD_MAX);
    findings.check("network", networkProblem(order.getNetwork()));
    values(findings, "build_args", order.getBuildArgsMap());
    values(findings, "labels", order.getLabelsMap());
    count(findings, "logins", order.getLoginsCount(), LOGINS_MAX);
    return findings.asList();
  }

  /// Null when steps of a build may join it: what containers may join, and no container's. Empty
  /// means the runtime's own.
  public static @Nullable String networkProblem(String network) {
    return network.isEmpty() ? null : ContainerNetworkRules.joinProblem(network);
  }

  private static void values(Findings findings, String field, Map<String, String> values) {
    count(findings, field, values.size(), VALUES_MAX);
    long chars =
        values.entrySet().stream()
            .mapToLong(each -> each.getKey().length() + each.getValue().length())
            .sum();
    if (chars > VALUES_CHARS) {
      findings.add(
          field, "length: %d (expected: at most %d characters)".formatted(chars, VALUES_CHARS));
    }
    if (values.containsKey("")) {
      findings.add(field, "a name is empty (expected: NAME=VALUE)");
    }
  }

  private static void count(Findings findings, String field, int count, int most) {
    if (count > most) {
      findings.add(field, "count: %d (expected: at most %d)".formatted(count, most));
    }
  }

  private static void text(Findings findings, String field, String text, int most) {
    if (text.length() > most || text.indexOf('\0') >= 0) {
      findings.add(
          field,
          "length: %d (expected: at most %d characters, none of them 0)"
              .formatted(text.length(), most));
    }
  }
}
