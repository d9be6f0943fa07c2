package dev.berth.controller.rpc;

import dev.berth.v1.Image;
import dev.berth.v1.ListImagesResponse;
import dev.berth.v1.NodeImages;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Gathers what nodes have into messages that are not too small and not too large.
final class ImagePages implements NodeFanOut.View<ListImagesResponse> {
  private static final int PAGE = 100;
  private static final int PAGE_BYTES = 1 << 20;

  private final Map<String, NodeImages.Builder> gathered = new HashMap<>();

  @Override
  public Optional<ListImagesResponse> of(String node, NodeNews news) {
    return switch (news) {
      case NodeNews.Found(var image) -> {
        NodeImages.Builder page = page(node).addImages(image);
        boolean full = page.getImagesCount() == PAGE || size(page) > PAGE_BYTES;
        yield full ? Optional.of(answer(node, false)) : Optional.empty();
      }
      case NodeNews.Done() -> Optional.of(answer(node, true));
      case NodeNews.Failed(var failure) -> {
        page(node).clearImages().setFailure(failure);
        yield Optional.of(answer(node, true));
      }
      default -> Optional.empty();
    };
  }

  private static int size(NodeImages.Builder page) {
    return page.getImagesList().stream().mapToInt(Image::getSerializedSize).sum();
  }

  private NodeImages.Builder page(String node) {
    return gathered.computeIfAbsent(node, name -> NodeImages.newBuilder().setNode(name));
  }

  private ListImagesResponse answer(String node, boolean last) {
    NodeImages result = page(node).build();
    gathered.remove(node);
    return ListImagesResponse.newBuilder().setResult(result).setLast(last).build();
  }
}
