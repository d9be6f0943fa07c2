package dev.berth.cli.term;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import dev.berth.spec.Printable;
import java.util.List;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/// Writes messages of the API in the JSON mapping of protobuf, or the same as YAML. Characters that
/// could do harm on a terminal are escaped. Loaded only when asked for, since it is slow to load.
public final class Json {
  private static final int LINE_MAX = 4_096;

  private Json() {}

  /// One message, indented.
  public static String pretty(MessageOrBuilder message) {
    return print(JsonFormat.printer(), message);
  }

  /// One message in one line.
  public static String line(MessageOrBuilder message) {
    return print(JsonFormat.printer().omittingInsignificantWhitespace(), message);
  }

  /// Several messages as an array.
  public static String array(List<? extends MessageOrBuilder> messages) {
    StringBuilder out = new StringBuilder("[");
    String separator = "\n";
    for (MessageOrBuilder message : messages) {
      out.append(separator).append(pretty(message).indent(2).stripTrailing());
      separator = ",\n";
    }
    return out.append("\n]").toString();
  }

  /// JSON text as YAML in block style; each JSON text is YAML already, only harder to read.
  public static String toYaml(String json) {
    Object value = new Load(LoadSettings.builder().build()).loadFromString(json);
    String yaml = dump(value, true);
    return yaml.lines().allMatch(Printable::isSafe) ? yaml : dump(value, false);
  }

  private static String dump(Object value, boolean unicode) {
    DumpSettings settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setUseUnicodeEncoding(unicode)
            .setWidth(LINE_MAX)
            .build();
    return new Dump(settings).dumpToString(value).stripTrailing();
  }

  private static String print(JsonFormat.Printer printer, MessageOrBuilder message) {
    try {
      return escaped(printer.print(message));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a message of the API has no JSON", e);
    }
  }

  /// Outside of its strings JSON is ASCII, so that what is unsafe stands in a string.
  private static String escaped(String json) {
    StringBuilder out = new StringBuilder(json.length() + 16);
    json.codePoints()
        .forEach(
            c -> {
              if (c == '\n' || Printable.isSafe(c)) {
                out.appendCodePoint(c);
              } else {
                for (char unit : Character.toChars(c)) {
                  out.append(String.format("\\u%04x", (int) unit));
                }
              }
            });
    return out.toString();
  }
}
