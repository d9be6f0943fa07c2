package dev.berth.controller.core.model;

import dev.berth.v1.Namespace;
import org.pcollections.TreePMap;

/// A stored namespace.
///
/// @param message name, quota, create time and etag
/// @param version counts the changes, from 1
/// @param logins to registries, by server
public record NamespaceRecord(
    Namespace message, long version, TreePMap<String, SealedLogin> logins) {
  /// One without logins.
  public NamespaceRecord(Namespace message, long version) {
    this(message, version, TreePMap.empty());
  }

  /// The same with other logins.
  public NamespaceRecord with(TreePMap<String, SealedLogin> changed) {
    return new NamespaceRecord(message, version, changed);
  }

  /// Its name.
  public String name() {
    return message.getName();
  }
}
