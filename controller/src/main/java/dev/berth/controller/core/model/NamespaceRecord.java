package dev.berth.controller.core.model;

import dev.berth.v1.Namespace;

/// A stored namespace.
///
/// @param message name, quota, create time and etag
/// @param version counts the changes, from 1
public record NamespaceRecord(Namespace message, long version) {
  /// Its name.
  public String name() {
    return message.getName();
  }
}
