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

  /// Some of what one node has.
  ///
  /// @param last whether there is no more of it
  /// @param failure why the node could not be asked, on its last page
  record Page<T>(String node, List<T> objects, boolean last, Optional<NodeFailure> failure) {}

  /// One more of a node.
  ///
  /// @return a page that is full
  Optional<Page<T>> add(String node, T object) {
    List<T> page = gathered.computeIfAbsent(node, _ -> new ArrayList<>());
    page.add(object);
    boolean full =
        page.size() == PAGE
            || page.stream().mapToInt(Message::getSerializedSize).sum() > PAGE_BYTES;
    return full
        ? Optional.of(new Page<>(node, taken(node), false, Optional.empty()))
        : Optional.empty();
  }

  /// The last page of a node, if these news are its last.
  Optional<Page<T>> end(String node, NodeNews news) {
    return switch (news) {
      case NodeNews.Done() -> Optional.of(new Page<>(node, taken(node), true, Optional.empty()));
      case NodeNews.Failed(var failure) -> {
        gathered.remove(node);
        yield Optional.of(new Page<>(node, List.of(), true, Optional.of(failure(failure))));
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
