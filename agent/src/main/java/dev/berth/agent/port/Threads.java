package dev.berth.agent.port;

import org.slf4j.LoggerFactory;

/// Starts threads: nothing else in the agent, apart from what drives a runtime or serves metrics,
/// starts one.
public interface Threads {
  /// Runs something on a thread of its own.
  ///
  /// @param name for people who look at threads
  void start(Runnable body, String name);

  /// Virtual threads of this JVM.
  static Threads virtual() {
    return (body, name) ->
        Thread.ofVirtual()
            .name(name)
            .uncaughtExceptionHandler(
                (thread, e) ->
                    LoggerFactory.getLogger(Threads.class)
                        .error("thread {} ended: this is a mistake", thread.getName(), e))
            .start(body);
  }
}
