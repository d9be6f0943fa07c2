package dev.berth.controller.core;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes single fields of a message, named by paths such as "container.image".
final class FieldMasks {
  private FieldMasks() {}

  /// Null when the path names a field below the message, else what is wrong.
  static @Nullable String problem(Message message, String path) {
    return find(message, path) == null
        ? "value: \"%s\" (expected: a field, or fields joined by dots)".formatted(path)
        : null;
  }

  private static @Nullable FieldDescriptor find(Message message, String path) {
    var type = message.getDescriptorForType();
    FieldDescriptor found = null;
    for (String name : path.split("\\.", -1)) {
      if (type == null) {
        return null;
      }
      found = type.findFieldByName(name);
      if (found == null) {
        return null;
      }
      boolean nests =
          found.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !found.isRepeated();
      type = nests ? found.getMessageType() : null;
    }
    return found;
  }

  /// Copies the field from one message to the other; a field that is not set is cleared.
  static void copy(Message from, Message.Builder to, String path) {
    copy(from, to, List.of(path.split("\\.", -1)));
  }

  private static void copy(Message from, Message.Builder to, List<String> path) {
    FieldDescriptor field = from.getDescriptorForType().findFieldByName(path.getFirst());
    if (field == null) {
      throw new IllegalArgumentException("unknown field " + path.getFirst());
    }
    if (path.size() > 1) {
      copy((Message) from.getField(field), to.getFieldBuilder(field), path.subList(1, path.size()));
    } else if (field.isRepeated() || !field.hasPresence() || from.hasField(field)) {
      to.setField(field, from.getField(field));
    } else {
      to.clearField(field);
    }
  }
}
