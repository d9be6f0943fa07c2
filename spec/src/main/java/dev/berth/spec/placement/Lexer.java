package dev.berth.spec.placement;

import dev.berth.spec.Printable;

/// Cuts the text of an expression into tokens, one at a time, each character looked at once.
final class Lexer {
  /// What a token is.
  enum Kind {
    /// A word without quotes.
    BARE,
    /// A word in single or double quotes.
    QUOTED,
    /// An operator, bracket or comma.
    SYMBOL,
    /// The end of the text.
    END
  }

  /// @param text the word without quotes, or the symbol
  /// @param column where it begins, from 1
  record Token(Kind kind, String text, int column) {
    boolean is(String symbol) {
      return kind == Kind.SYMBOL && text.equals(symbol);
    }

    boolean isWord(String word) {
      return kind == Kind.BARE && text.equals(word);
    }

    /// The token as an error message shows it.
    String shown() {
      return kind == Kind.END ? "the end" : Printable.quote(text);
    }
  }

  private static final String BARE_SIGNS = "_./:+@-";

  private final String text;
  private int at;

  Lexer(String text) {
    this.text = text;
  }

  /// True when the word needs no quotes.
  static boolean isBare(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (!isBare(word.charAt(i))) {
        return false;
      }
    }
    return !word.isEmpty();
  }

  /// The next token; after the last one the end, again and again.
  Token next() {
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
    int start = at;
    if (start == text.length()) {
      return new Token(Kind.END, "", start + 1);
    }
    char first = text.charAt(start);
    if (first == '\'' || first == '"') {
      return quoted(first);
    }
    if (isBare(first)) {
      while (at < text.length() && isBare(text.charAt(at))) {
        at++;
      }
      return new Token(Kind.BARE, text.substring(start, at), start + 1);
    }
    at += symbolLength(first);
    return new Token(Kind.SYMBOL, text.substring(start, at), start + 1);
  }

  private Token quoted(char quote) {
    int end = text.indexOf(quote, at + 1);
    if (end < 0) {
      throw new ExpressionException(
          text, at + 1, "expected the quote " + quote + " to be closed, found the end");
    }
    Token token = new Token(Kind.QUOTED, text.substring(at + 1, end), at + 1);
    at = end + 1;
    return token;
  }

  private int symbolLength(char first) {
    char second = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
    boolean pair =
        switch (first) {
          case '=', '!', '<', '>' -> second == '=';
          case '&', '|' -> second == first;
          default -> Character.isHighSurrogate(first) && Character.isLowSurrogate(second);
        };
    return pair ? 2 : 1;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }

  private static boolean isBare(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || BARE_SIGNS.indexOf(c) >= 0;
  }
}
