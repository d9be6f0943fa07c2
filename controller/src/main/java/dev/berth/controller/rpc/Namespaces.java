package dev.berth.controller.rpc;

import dev.berth.spec.Names;

/// Namespaces as requests give them.
final class Namespaces {
  /// Stands for all namespaces.
  static final String ALL = "-";

  private Namespaces() {}

  /// One namespace; empty means the default one.
  static String one(String given) {
    String namespace = given.isEmpty() ? Names.DEFAULT_NAMESPACE : given;
    String problem = Names.namespaceProblem(namespace);
    if (problem != null) {
      throw StatusMapper.badField("namespace", problem);
    }
    return namespace;
  }

  /// One namespace, or all.
  static String oneOrAll(String given) {
    return given.equals(ALL) ? ALL : one(given);
  }
}
