package dev.berth.client.yaml;

import dev.berth.spec.Printable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/// Makes a tree of the parser's events and refuses what strict YAML does not have.
final class TreeBuilder {
  private static final int DEPTH_MAX = 16;

  private final Iterator<Event> events;
  private final YamlProblems problems;

  TreeBuilder(Iterator<Event> events, YamlProblems problems) {
    this.events = events;
    this.problems = problems;
  }

  @Nullable YamlNode document() {
    YamlNode root = null;
    while (events.hasNext()) {
      Event event = events.next();
      switch (event.getEventId()) {
        case DocumentStart -> {
          if (root != null) {
            add(event, "a second document (expected: one document in a file)");
            return null;
          }
          DocumentStartEvent start = (DocumentStartEvent) event;
          if (start.getSpecVersion().isPresent() || !start.getTags().isEmpty()) {
            refuseDirectives(start);
          }
        }
        case Scalar, SequenceStart, MappingStart, Alias -> {
          root = node(event, 0);
          if (root == null) {
            return null;
          }
        }
        case StreamStart, StreamEnd, DocumentEnd, SequenceEnd, MappingEnd, Comment -> {}
      }
    }
    if (root == null) {
      problems.add(Position.START, "", "nothing (expected: a document)");
    }
    return root;
  }

  private void refuseDirectives(DocumentStartEvent start) {
    boolean version12 =
        start.getSpecVersion().map(v -> v.getMajor() == 1 && v.getMinor() == 2).orElse(true);
    if (!version12 || start.getTags().size() > 2) {
      add(start, "a directive (expected: no %YAML but 1.2 and no %TAG)");
    }
  }

  /// One node, or null when reading cannot go on.
  private @Nullable YamlNode node(Event event, int depth) {
    Position at = YamlReader.position(event.getStartMark());
    if (event instanceof AliasEvent) {
      add(event, "an alias (expected: the value itself)");
      return new YamlNode.Scalar(at, "alias", false);
    }
    if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
      add(event, "an anchor (expected: none, write the value where it is needed)");
    }
    if (depth > DEPTH_MAX) {
      add(event, "more than " + DEPTH_MAX + " levels (expected: a flatter file)");
      return null;
    }
    if (event instanceof ScalarEvent scalar) {
      return scalar(scalar, at);
    }
    if (event instanceof CollectionStartEvent start && start.getTag().isPresent()) {
      add(event, "the tag " + Printable.quote(start.getTag().get()) + " (expected: no tags)");
    }
    return event.getEventId() == Event.ID.SequenceStart ? sequence(at, depth) : mapping(at, depth);
  }

  private YamlNode.Scalar scalar(ScalarEvent event, Position at) {
    if (event.getTag().isPresent()) {
      add(event, "the tag " + Printable.quote(event.getTag().get()) + " (expected: no tags)");
    }
    String value = event.getValue();
    boolean safe =
        value
            .codePoints()
            .allMatch(c -> c == '\n' || c == '\t' || c == '\r' || Printable.isSafe(c));
    if (!safe) {
      String shown = Printable.quote(value);
      add(event, "value: " + shown + " (expected: no control or invisible characters)");
    }
    return new YamlNode.Scalar(at, value, event.isPlain());
  }

  private @Nullable YamlNode sequence(Position at, int depth) {
    List<YamlNode> items = new ArrayList<>();
    while (true) {
      Event event = events.next();
      if (event.getEventId() == Event.ID.SequenceEnd) {
        return new YamlNode.Sequence(at, items);
      }
      YamlNode item = node(event, depth + 1);
      if (item == null) {
        return null;
      }
      items.add(item);
    }
  }

  private @Nullable YamlNode mapping(Position at, int depth) {
    List<YamlNode.Entry> entries = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    while (true) {
      Event event = events.next();
      if (event.getEventId() == Event.ID.MappingEnd) {
        return new YamlNode.Mapping(at, entries);
      }
      YamlNode key = node(event, depth + 1);
      YamlNode value = key == null ? null : node(events.next(), depth + 1);
      if (key == null || value == null) {
        return null;
      }
      if (!(key instanceof YamlNode.Scalar name)) {
        add(event, key.description() + " as a key (expected: a name)");
      } else if (!keys.add(name.value())) {
        add(event, "the key " + Printable.quote(name.value()) + " a second time (expected: once)");
      } else {
        entries.add(new YamlNode.Entry(name, value));
      }
    }
  }

  private void add(Event event, String message) {
    problems.add(YamlReader.position(event.getStartMark()), "", message);
  }
}
