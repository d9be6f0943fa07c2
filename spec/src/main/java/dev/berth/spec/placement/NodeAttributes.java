package dev.berth.spec.placement;

/// What an expression is tested against: one node, or a group of nodes that look the same.
@FunctionalInterface
public interface NodeAttributes {
  /// The attribute's value; the empty string when the node does not have it.
  String value(Attribute attribute);
}
