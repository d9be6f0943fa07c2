package dev.berth.spec.placement;

import dev.berth.spec.Names;
import org.jspecify.annotations.Nullable;

/// Something that a node has a value for: a fact that its agent tells, or a label that operators
/// set. The text form is canonical: equal attributes are written the same, whatever the user
/// wrote, and [#parse] reads it back.
///
/// @param fact which fact, or that it is a label
/// @param key the label's key; empty for all other facts
public record Attribute(Fact fact, String key) implements Comparable<Attribute> {
  /// Name of the node.
  public static final Attribute NAME = new Attribute(Fact.NAME, "");

  private static final String LABELS = "node.labels";
  private static final Fact[] FACTS = Fact.values();

  public Attribute {
    String problem = fact == Fact.LABEL ? Names.labelKeyProblem(key) : null;
    if (problem != null || (fact != Fact.LABEL && !key.isEmpty())) {
      throw new IllegalArgumentException(
          problem != null ? problem : "key: " + key + " (expected: none for " + fact + ")");
    }
  }

  /// What there is to know of a node.
  public enum Fact {
    /// Name of the node.
    NAME("node.name"),
    /// CPU architecture: `amd64`.
    ARCH("node.arch"),
    /// Operating system: `linux`.
    OS("node.os"),
    /// Version of the agent.
    AGENT_VERSION("node.agent_version"),
    /// Version of the kernel.
    KERNEL("node.kernel"),
    /// CPU that instances may use together, in thousandths.
    CPU_MILLIS("node.cpu_millis"),
    /// Memory that instances may use together, in bytes.
    MEMORY_BYTES("node.memory_bytes"),
    /// A label.
    LABEL(LABELS);

    private final String text;

    Fact(String text) {
      this.text = text;
    }
  }

  /// Reads `node.arch`, `node.labels.zone` or `node.labels['a.b/c']`.
  ///
  /// @throws ExpressionException with what is wrong and where
  public static Attribute parse(String text) {
    return new ExpressionParser(text).onlyAttribute();
  }

  /// The label with this key.
  ///
  /// @throws IllegalArgumentException when it is no key of a label
  public static Attribute label(String key) {
    return new Attribute(Fact.LABEL, key);
  }

  /// The attribute that a whole word names, `node.arch` or `node.labels.zone`; null when none.
  static @Nullable Attribute ofWord(String word) {
    for (Fact fact : FACTS) {
      if (fact != Fact.LABEL && fact.text.equals(word)) {
        return new Attribute(fact, "");
      }
    }
    String prefix = LABELS + '.';
    if (!word.startsWith(prefix)) {
      return null;
    }
    String key = word.substring(prefix.length());
    return Names.labelKeyProblem(key) == null ? label(key) : null;
  }

  @Override
  public int compareTo(Attribute other) {
    int byFact = fact.text.compareTo(other.fact.text);
    return byFact != 0 ? byFact : key.compareTo(other.key);
  }

  /// The same in every JVM, unlike that of an enum: collections of attributes have the same order
  /// in each run.
  @Override
  public int hashCode() {
    return 31 * fact.text.hashCode() + key.hashCode();
  }

  /// As users write it; a key with dots or slashes in brackets and quotes.
  @Override
  public String toString() {
    if (fact != Fact.LABEL) {
      return fact.text;
    }
    boolean plain = key.indexOf('.') < 0 && key.indexOf('/') < 0;
    return plain ? LABELS + '.' + key : LABELS + "['" + key + "']";
  }
}
