package dev.berth.spec.placement;

import dev.berth.spec.Names;
import dev.berth.spec.placement.Lexer.Kind;
import dev.berth.spec.placement.Lexer.Token;
import java.util.ArrayList;
import java.util.List;

/// Reads an expression by recursive descent with one token of look-ahead:
///
/// ```
/// or     = and { "||" and }
/// and    = unary { "&&" unary }
/// unary  = "!" ( unary that begins with "!", "(" or "has" ) | "(" or ")" | test
/// test   = "has" "(" attribute ")" | attribute operator literal | attribute ["not"] "in" list
/// list   = "[" literal { "," literal } "]"
/// ```
final class ExpressionParser {
  private static final String OPERATORS = "==, !=, <, <=, >, >=, in or not in";
  private static final String ATTRIBUTES =
      "an attribute (node.name, node.arch, node.os, node.agent_version, node.kernel,"
          + " node.cpu_millis, node.memory_bytes, node.labels.KEY)";

  private final String text;
  private final Lexer lexer;
  private Token token;
  private int nesting;
  private int nodes;

  ExpressionParser(String text) {
    if (text.length() > Expression.TEXT_MAX) {
      throw new ExpressionException(
          text, Expression.TEXT_MAX + 1, "expected at most " + Expression.TEXT_MAX + " characters");
    }
    this.text = text;
    this.lexer = new Lexer(text);
    this.token = lexer.next();
  }

  Expression whole() {
    Expression expression = or();
    if (token.kind() != Kind.END) {
      throw expected("&&, || or the end");
    }
    return expression;
  }

  Attribute onlyAttribute() {
    Attribute attribute = attribute();
    if (token.kind() != Kind.END) {
      throw expected("nothing after the attribute");
    }
    return attribute;
  }

  private Expression or() {
    Expression first = and();
    if (!token.is("||")) {
      return first;
    }
    List<Expression> terms = new ArrayList<>();
    terms.add(first);
    while (token.is("||")) {
      advance();
      terms.add(and());
    }
    return new Expression.Or(terms);
  }

  private Expression and() {
    Expression first = unary();
    if (!token.is("&&")) {
      return first;
    }
    List<Expression> terms = new ArrayList<>();
    terms.add(first);
    while (token.is("&&")) {
      advance();
      terms.add(unary());
    }
    return new Expression.And(terms);
  }

  private Expression unary() {
    if (token.is("!")) {
      enter();
      advance();
      if (!token.is("!") && !token.is("(") && !token.isWord("has")) {
        throw expected("( or has( after !");
      }
      Expression operand = unary();
      nesting--;
      return new Expression.Not(operand);
    }
    if (token.is("(")) {
      enter();
      advance();
      Expression inner = or();
      expect(")", "&&, || or )");
      nesting--;
      return inner;
    }
    return test();
  }

  private Expression test() {
    count();
    if (token.isWord("has")) {
      advance();
      expect("(", "( after has");
      Attribute attribute = attribute();
      expect(")", ") after the attribute");
      return new Expression.Has(attribute);
    }
    Attribute attribute = attribute();
    if (token.isWord("in")) {
      advance();
      return new Expression.In(attribute, list(), false);
    }
    if (token.isWord("not")) {
      advance();
      if (!token.isWord("in")) {
        throw expected("in after not");
      }
      advance();
      return new Expression.In(attribute, list(), true);
    }
    return compare(attribute);
  }

  private Expression compare(Attribute attribute) {
    for (Operator operator : Operator.values()) {
      if (token.is(operator.symbol())) {
        advance();
        Token operand = token;
        Literal literal = literal("a word or a number after " + operator.symbol());
        if (operator.orders() && !Expression.Compare.isOrdered(attribute, literal)) {
          throw expected("a number such as 4 or 64Gi, without quotes", operand);
        }
        return new Expression.Compare(attribute, operator, literal);
      }
    }
    throw expected(OPERATORS);
  }

  private Attribute attribute() {
    Token start = token;
    if (start.isWord("node.labels")) {
      advance();
      expect("[", ".KEY or ['KEY'] after node.labels");
      Token key = token;
      if (key.kind() != Kind.QUOTED || Names.labelKeyProblem(key.text()) != null) {
        throw expected("the key of a label in quotes");
      }
      advance();
      expect("]", "] after the key");
      return Attribute.label(key.text());
    }
    Attribute attribute = start.kind() == Kind.BARE ? Attribute.ofWord(start.text()) : null;
    if (attribute == null) {
      throw expected(ATTRIBUTES);
    }
    advance();
    return attribute;
  }

  private List<Literal> list() {
    expect("[", "[ and a list of words");
    List<Literal> words = new ArrayList<>();
    words.add(listed());
    while (token.is(",")) {
      advance();
      words.add(listed());
    }
    expect("]", ", or ]");
    return words;
  }

  private Literal listed() {
    count();
    return literal("a word");
  }

  private Literal literal(String what) {
    boolean bare = token.kind() == Kind.BARE;
    if (!bare && token.kind() != Kind.QUOTED) {
      throw expected(what);
    }
    String word = token.text();
    if (Names.labelValueProblem(word) != null) {
      throw expected("a word of at most 255 printable characters");
    }
    Literal literal =
        bare && Amounts.isAmount(word) ? new Literal.Amount(word) : new Literal.Word(word);
    advance();
    return literal;
  }

  private void enter() {
    count();
    if (++nesting > Expression.NESTING_MAX) {
      throw new ExpressionException(
          text,
          token.column(),
          "expected at most " + Expression.NESTING_MAX + " levels of ( and !");
    }
  }

  private void count() {
    if (++nodes > Expression.NODES_MAX) {
      throw new ExpressionException(
          text,
          token.column(),
          "expected at most " + Expression.NODES_MAX + " conditions and words of lists");
    }
  }

  private void expect(String symbol, String what) {
    if (!token.is(symbol)) {
      throw expected(what);
    }
    advance();
  }

  private void advance() {
    token = lexer.next();
  }

  private ExpressionException expected(String what) {
    return expected(what, token);
  }

  private ExpressionException expected(String what, Token found) {
    return new ExpressionException(
        text, found.column(), "expected " + what + ", found " + found.shown());
  }
}
