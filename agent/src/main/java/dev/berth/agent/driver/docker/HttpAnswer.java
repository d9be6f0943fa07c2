package dev.berth.agent.driver.docker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// An HTTP/1.1 answer whose head has been read.
///
/// @param status three digits
/// @param headers by name, in any case
/// @param body ends with the answer, and fails when that is cut off
/// @param reusable whether another request may follow on the connection once the body was read
record HttpAnswer(
    int status, Map<String, List<String>> headers, InputStream body, boolean reusable) {
  private static final int MOST_HEADER_BYTES = 64 << 10;
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;

  /// Reads the head of an answer.
  static HttpAnswer read(InputStream in) throws IOException {
    int left = MOST_HEADER_BYTES;
    String statusLine = line(in, left);
    String[] words = statusLine.split(" ", 3);
    if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !isStatus(words[1])) {
      throw new IOException("the daemon's answer is not HTTP");
    }
    int status = Integer.parseInt(words[1]);
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String header = line(in, left); !header.isEmpty(); header = line(in, left)) {
      left -= header.length() + 2;
      int colon = header.indexOf(':');
      if (colon > 0) {
        headers
            .computeIfAbsent(header.substring(0, colon), _ -> new ArrayList<>())
            .add(header.substring(colon + 1).strip());
      }
    }
    if (status < 200 || status == NO_CONTENT || status == NOT_MODIFIED) {
      return new HttpAnswer(status, headers, InputStream.nullInputStream(), isKept(headers));
    }
    if (value(headers, "transfer-encoding").contains("chunked")) {
      return new HttpAnswer(status, headers, new ChunkedBody(in), isKept(headers));
    }
    String length = value(headers, "content-length");
    return length.isEmpty()
        ? new HttpAnswer(status, headers, in, false)
        : new HttpAnswer(status, headers, new CountedBody(in, number(length, 10)), isKept(headers));
  }

  private static boolean isStatus(String word) {
    return word.length() == 3 && word.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static boolean isKept(Map<String, List<String>> headers) {
    return !value(headers, "connection").contains("close");
  }

  private static String value(Map<String, List<String>> headers, String name) {
    List<String> values = headers.get(name);
    return values == null ? "" : values.getLast().toLowerCase(Locale.ROOT);
  }

  static long number(String digits, int radix) throws IOException {
    try {
      long value = Long.parseLong(digits, radix);
      if (value < 0) {
        throw new IOException("the daemon's answer has a negative length");
      }
      return value;
    } catch (NumberFormatException e) {
      throw new IOException("the daemon's answer has a length that is no number", e);
    }
  }

  /// The next line without its end.
  ///
  /// @param most longest line that is taken, in bytes
  static String line(InputStream in, int most) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the daemon closed the connection");
      }
      if (line.length() >= most) {
        throw new IOException("the daemon's answer has a header that is too long");
      }
      line.append((char) b);
    }
    int end = line.length();
    return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
  }
}
