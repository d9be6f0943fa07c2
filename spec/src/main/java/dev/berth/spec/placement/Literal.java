package dev.berth.spec.placement;

import dev.berth.spec.Names;
import dev.berth.spec.Printable;

/// What an attribute is compared with.
public sealed interface Literal {
  /// The text that was meant, without quotes.
  String text();

  /// A word of 0 to 255 printable characters, not both kinds of quotes among them. Compared as
  /// text, also when it looks like a number: the user put it in quotes then.
  record Word(String text) implements Literal {
    public Word {
      boolean bothQuotes = text.indexOf('\'') >= 0 && text.indexOf('"') >= 0;
      String problem =
          bothQuotes
              ? "value: " + Printable.quote(text) + " (expected: not both kinds of quotes)"
              : Names.labelValueProblem(text);
      if (problem != null) {
        throw new IllegalArgumentException(problem);
      }
    }

    /// The word, in quotes where it needs them.
    @Override
    public String toString() {
      if (Lexer.isBare(text) && !Amounts.isAmount(text)) {
        return text;
      }
      char quote = text.indexOf('\'') < 0 ? '\'' : '"';
      return quote + text + quote;
    }
  }

  /// A number with or without a unit, as [Amounts] reads them: `4`, `1.5`, `64Gi`. Compared as a
  /// number with whatever is a number, and as text with everything else.
  record Amount(String text) implements Literal {
    public Amount {
      if (!Amounts.isAmount(text)) {
        throw new IllegalArgumentException(
            "value: " + text + " (expected: a number such as 4, 1.5 or 64Gi)");
      }
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
