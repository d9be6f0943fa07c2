package dev.berth.agent.instance;

import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeHandle;
import java.util.Optional;

/// What is known of an instance's object in the runtime.
public sealed interface Sight {
  /// The agent has just started, and the runtime has not been listed yet: nothing may be done.
  record Unlisted() implements Sight {}

  /// Something happened that makes what was known doubtful: look before acting.
  ///
  /// @param handle the object; empty when it is not even known whether there is one
  record Doubtful(Optional<RuntimeHandle> handle) implements Sight {}

  /// There is none.
  record Missing() implements Sight {}

  /// There is one.
  ///
  /// @param state never [RunState.Gone]
  record Present(RuntimeHandle handle, RunState state) implements Sight {}

  /// The sight after an answer of the runtime.
  static Sight of(Observation observation) {
    return observation.state() instanceof RunState.Gone
        ? new Missing()
        : new Present(observation.handle(), observation.state());
  }

  /// The object, when one is known.
  default Optional<RuntimeHandle> object() {
    return switch (this) {
      case Unlisted _, Missing _ -> Optional.empty();
      case Doubtful doubtful -> doubtful.handle;
      case Present present -> Optional.of(present.handle);
    };
  }

  /// True when the program is known to run.
  default boolean runs() {
    return this instanceof Present present && present.state instanceof RunState.Running;
  }

  /// The sight after news that came by themselves, which may be late or repeated: news that say
  /// something else than what is known only make it doubtful.
  default Sight hinted(Observation news) {
    return switch (this) {
      case Unlisted _ -> news.state() instanceof RunState.Exited ? doubtful(news) : of(news);
      case Doubtful doubtful -> doubtful.handle.isPresent() ? this : doubtful(news);
      case Missing _ -> news.state() instanceof RunState.Gone ? this : doubtful(news);
      case Present present ->
          saysTheSame(present.state, news.state())
              ? this
              : new Doubtful(Optional.of(present.handle));
    };
  }

  /// Of what runs, nobody cares when it is said to have started.
  private static boolean saysTheSame(RunState known, RunState news) {
    if (known instanceof RunState.Running before && news instanceof RunState.Running now) {
      return before.paused() == now.paused();
    }
    return known.equals(news);
  }

  /// The sight after a complete listing without the instance.
  default Sight notListed() {
    return switch (this) {
      case Unlisted _ -> new Missing();
      case Present present -> new Doubtful(Optional.of(present.handle));
      case Doubtful _, Missing _ -> this;
    };
  }

  private static Sight doubtful(Observation news) {
    return new Doubtful(Optional.of(news.handle()));
  }
}
