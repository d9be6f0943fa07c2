package dev.berth.client.yaml;

/// A place in a text.
///
/// @param line from 1
/// @param column from 1, in characters
public record Position(int line, int column) implements Comparable<Position> {
  /// The first character.
  public static final Position START = new Position(1, 1);

  @Override
  public int compareTo(Position other) {
    int byLine = Integer.compare(line, other.line);
    return byLine != 0 ? byLine : Integer.compare(column, other.column);
  }

  /// As editors and compilers write it: `7:15`.
  @Override
  public String toString() {
    return line + ":" + column;
  }
}
