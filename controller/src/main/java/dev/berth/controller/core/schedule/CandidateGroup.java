package dev.berth.controller.core.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Nodes that are in the same domains for all that a search has to count. The best of them comes
/// either from those that have got something already, or are special in another way, or from the
/// untouched ones, which their classes give in order.
final class CandidateGroup {
  private final List<NodeClass> classes = new ArrayList<>();
  private final Predicate<Candidate> fits;
  private final Function<FleetNode, @Nullable Candidate> taker;
  private final PriorityQueue<ClassStream> untouched;
  private final PriorityQueue<Candidate> touched;
  private final Comparator<Candidate> order;
  private @Nullable Candidate best;

  /// How a search looks at nodes.
  ///
  /// @param order the better candidate first
  /// @param fits whether a candidate may get one more instance; once false it stays so
  /// @param taker makes a candidate of an untouched node; null when it is one already
  record View(
      Comparator<Candidate> order,
      Comparator<ClassStream> streams,
      Predicate<Candidate> fits,
      Function<FleetNode, @Nullable Candidate> taker) {}

  CandidateGroup(View view) {
    this.order = view.order();
    this.fits = view.fits();
    this.taker = view.taker();
    this.untouched = new PriorityQueue<>(view.streams());
    this.touched = new PriorityQueue<>(view.order());
  }

  void add(ClassStream stream) {
    if (stream.head() != null) {
      untouched.add(stream);
    }
  }

  void add(NodeClass nodes) {
    classes.add(nodes);
  }

  /// Adds a node that is not to come from its class, or comes back changed.
  void add(Candidate candidate) {
    Candidate held = best;
    if (held != null) {
      touched.add(held);
      best = null;
    }
    touched.add(candidate);
  }

  /// A class of these nodes: all are in the same domains.
  NodeClass anyClass() {
    return classes.getFirst();
  }

  List<NodeClass> classes() {
    return classes;
  }

  /// The best node that may get one more instance; null when there is none any more.
  @Nullable Candidate best() {
    while (best == null) {
      Candidate next = next();
      if (next == null) {
        return null;
      }
      if (fits.test(next)) {
        best = next;
      }
    }
    return best;
  }

  /// Takes a node out, to be put back with [#add] if it may get more.
  @SuppressWarnings("ReferenceEquality") // candidates have no value of their own
  void remove(Candidate candidate) {
    if (best == candidate) {
      best = null;
    } else {
      touched.remove(candidate);
    }
  }

  /// The best nodes that may get one more instance, the best first.
  List<Candidate> leading(int most) {
    List<Candidate> leading = new ArrayList<>();
    Candidate next = best();
    while (next != null && leading.size() < most) {
      leading.add(next);
      remove(next);
      next = best();
    }
    leading.forEach(this::add);
    return leading;
  }

  /// The next in order, taken out of where it was.
  private @Nullable Candidate next() {
    Candidate fresh = fresh();
    Candidate known = touched.peek();
    if (fresh == null || (known != null && order.compare(known, fresh) <= 0)) {
      if (fresh != null) {
        touched.add(fresh);
      }
      return touched.poll();
    }
    return fresh;
  }

  /// The first of the untouched nodes, which is touched from now on.
  private @Nullable Candidate fresh() {
    while (true) {
      ClassStream stream = untouched.poll();
      if (stream == null) {
        return null;
      }
      FleetNode head = stream.head();
      stream.advance();
      add(stream);
      Candidate candidate = head == null ? null : taker.apply(head);
      if (candidate != null) {
        return candidate;
      }
    }
  }
}
