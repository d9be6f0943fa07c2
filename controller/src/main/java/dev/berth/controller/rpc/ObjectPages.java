package dev.berth.controller.rpc;

import com.google.protobuf.Message;
import dev.berth.v1.ImageFailure;
import dev.berth.v1.NodeFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Gathers what nodes have into pages that are not too small and not too large.
///
/// @param <T> what they have
final class ObjectPages<T extends Message> {
  private static final int PAGE = 100;
  private static final int PAGE_BYTES = 1 << 20;

  private final Map<String, List<T>> gathered = new HashMap<>();

  /// The last of a node.
  ///
  /// @param rest what was not on a page yet
  /// @param failure why it could not be asked
  record End<T>(List<T> rest, Optional<NodeFailure> failure) {}

  /// One more of a node.
  ///
  /// @return a page that is full
  Optional<List<T>> add(String node, T object) {
    List<T> page = gathered.computeIfAbsent(node, _ -> new ArrayList<>());
    page.add(object);
    boolean full =
        page.size() == PAGE
            || page.stream().mapToInt(Message::getSerializedSize).sum() > PAGE_BYTES;
    return full ? Optional.of(taken(node)) : Optional.empty();
  }

  /// Whether these news are a node's last.
  Optional<End<T>> end(String node, NodeNews news) {
    return switch (news) {
      case NodeNews.Done() -> Optional.of(new End<>(taken(node), Optional.empty()));
      case NodeNews.Failed(var failure) -> {
        gathered.remove(node);
        yield Optional.of(new End<>(List.of(), Optional.of(failure(failure))));
      }
      default -> Optional.empty();
    };
  }

  private List<T> taken(String node) {
    List<T> page = gathered.remove(node);
    return page == null ? List.of() : page;
  }

  static NodeFailure failure(ImageFailure failure) {
    return NodeFailure.newBuilder()
        .setCode(failure.getCode())
        .setMessage(failure.getMessage())
        .build();
  }
}
