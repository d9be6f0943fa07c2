package dev.berth.simulation.user;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.Outcome;
import dev.berth.controller.loop.Snapshot;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// How users reach controllers.
public interface Api {
  /// How many controllers there are.
  int controllers();

  /// Sends a request to one controller. The answer may never come.
  void send(int controller, LongFunction<ClusterEvent.Request> request, Consumer<Outcome> answer);

  /// What one controller answers reads from; null: it does not.
  @Nullable Snapshot read(int controller);
}
