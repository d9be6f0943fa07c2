package dev.berth.cli.verb;

import com.google.protobuf.Message;
import dev.berth.v1.NodeFailure;
import org.jspecify.annotations.Nullable;

/// What one node answered of a thing that it keeps.
///
/// @param found the answer in full; null: it failed
/// @param failure why
public record NodeAnswer(String node, @Nullable Message found, NodeFailure failure) {}
