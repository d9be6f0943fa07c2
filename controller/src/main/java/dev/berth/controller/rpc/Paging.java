package dev.berth.controller.rpc;

import com.google.protobuf.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/// Cuts lists into pages. A page token names the last item that was sent and the question that it
/// belongs to.
final class Paging {
  private static final int SIZE_MAX = 1000;
  private static final int SIZE_DEFAULT = 500;

  /// Pages stay below gRPC's usual limit of 4 MiB for a message.
  private static final int BYTES_MAX = 3 << 20;

  private static final String VERSION = "1";

  private Paging() {}

  /// A page.
  ///
  /// @param items what is on it
  /// @param nextToken asks for the next one; empty: this was the last
  record Page<T>(List<T> items, String nextToken) {}

  /// How many items are wanted.
  ///
  /// @param asked the request's page_size, unsigned
  static int size(int asked) {
    if (asked < 0 || asked > SIZE_MAX) {
      throw StatusMapper.badField(
          "page_size",
          "value: " + Integer.toUnsignedString(asked) + " (expected: 0 to " + SIZE_MAX + ")");
    }
    return asked == 0 ? SIZE_DEFAULT : asked;
  }

  /// Where a page begins.
  ///
  /// @param token the request's page_token
  /// @param question what was asked, so that a token fits no other question
  /// @param parts how many parts a position has
  /// @return the position of the last item that was sent; empty: the first page
  static List<String> position(String token, String question, int parts) {
    if (token.isEmpty()) {
      return List.of();
    }
    try {
      byte[] text = Base64.getUrlDecoder().decode(token);
      List<String> fields = List.of(new String(text, StandardCharsets.UTF_8).split("\n", -1));
      if (fields.size() == 2 + parts
          && fields.get(0).equals(VERSION)
          && fields.get(1).equals(Integer.toHexString(question.hashCode()))) {
        return fields.subList(2, fields.size());
      }
    } catch (IllegalArgumentException _) {
      // Not Base64: said below.
    }
    throw badToken();
  }

  static io.grpc.StatusRuntimeException badToken() {
    return StatusMapper.badField(
        "page_token", "not a token for this question (expected: next_page_token of the last page)");
  }

  /// Fills a page.
  ///
  /// @param source the items from the page's first one on
  /// @param size most items
  /// @param view makes the message
  /// @param position of an item, without line breaks
  static <S, T extends Message> Page<T> page(
      Iterator<S> source,
      int size,
      String question,
      Function<S, T> view,
      Function<S, List<String>> position) {
    List<T> items = new ArrayList<>();
    long bytes = 0;
    while (source.hasNext()) {
      S item = source.next();
      T message = view.apply(item);
      items.add(message);
      bytes += message.getSerializedSize();
      if (items.size() == size || bytes > BYTES_MAX) {
        return new Page<>(items, source.hasNext() ? token(question, position.apply(item)) : "");
      }
    }
    return new Page<>(items, "");
  }

  private static String token(String question, List<String> position) {
    String text =
        VERSION
            + "\n"
            + Integer.toHexString(question.hashCode())
            + "\n"
            + String.join("\n", position);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
