package dev.berth.client.yaml;

import dev.berth.spec.Printable;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads one strict YAML 1.2 document: UTF-8 without a byte order mark, at most 1 MiB and 16
/// levels, no control characters and none that change the direction of writing, no tags, anchors
/// or aliases, no duplicate keys.
public final class YamlReader {
  /// The largest file that is read, in bytes.
  public static final int SIZE_MAX = 1 << 20;

  private YamlReader() {}

  /// Reads a document. Null when it could not be read to its end; then, and only then or when the
  /// tree has faults that did not stop the reading, problems were added.
  public static @Nullable YamlNode read(byte[] content, YamlProblems problems) {
    String text = decode(content, problems);
    if (text == null || !hasOnlySafeCharacters(text, problems)) {
      return null;
    }
    try {
      LoadSettings settings = LoadSettings.builder().setCodePointLimit(SIZE_MAX + 1).build();
      return new TreeBuilder(new Parse(settings).parseString(text).iterator(), problems).document();
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
      problems.add(position(mark), "", "not YAML: " + Printable.escape(e.getProblem()));
    } catch (YamlEngineException e) {
      problems.add(Position.START, "", "not YAML: " + Printable.escape(firstLine(e)));
    }
    return null;
  }

  static Position position(Optional<Mark> mark) {
    return mark.map(m -> new Position(m.getLine() + 1, m.getColumn() + 1)).orElse(Position.START);
  }

  private static @Nullable String decode(byte[] content, YamlProblems problems) {
    if (content.length > SIZE_MAX) {
      problems.add(
          Position.START, "", "size: " + content.length + " bytes (expected: at most 1 MiB)");
      return null;
    }
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    CharBuffer text = CharBuffer.allocate(content.length);
    CoderResult result = decoder.decode(ByteBuffer.wrap(content), text, true);
    text.flip();
    if (result.isError()) {
      problems.add(end(text), "", "bytes that are not UTF-8 (expected: UTF-8 text)");
      return null;
    }
    return text.toString();
  }

  private static boolean hasOnlySafeCharacters(String text, YamlProblems problems) {
    if (text.startsWith("\uFEFF")) {
      problems.add(
          Position.START, "", "a byte order mark (expected: UTF-8 without one; save it so)");
      return false;
    }
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (c != '\n' && c != '\t' && c != '\r' && !Printable.isSafe(c)) {
        String shown = Printable.escape(Character.toString(c));
        Position at = end(CharBuffer.wrap(text, 0, i));
        problems.add(at, "", "the character " + shown + " (expected: printable text)");
        return false;
      }
      i += Character.charCount(c);
    }
    return true;
  }

  private static Position end(CharSequence text) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\n') {
        line++;
        column = 1;
      } else if (!Character.isLowSurrogate(text.charAt(i))) {
        column++;
      }
    }
    return new Position(line, column);
  }

  private static String firstLine(Exception e) {
    String message = String.valueOf(e.getMessage());
    int newline = message.indexOf('\n');
    return newline < 0 ? message : message.substring(0, newline);
  }
}
