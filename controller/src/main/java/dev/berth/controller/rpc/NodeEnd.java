package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.v1.AttachStreamResponse;
import org.jspecify.annotations.Nullable;

/// A node's end of a stream that a call asks for: its agent dials late, or never. Used under the
/// lock of the call.
final class NodeEnd {
  private Runnable whenGone = () -> {};
  private @Nullable AgentSide side;
  private boolean over;

  /// The agent is being asked.
  ///
  /// @param whenUserGone forgets the question
  /// @return whether it is over already: then the question is to be forgotten, without the lock
  boolean asked(Runnable whenUserGone) {
    whenGone = whenUserGone;
    return over;
  }

  /// The agent has dialled.
  ///
  /// @return false when it is over already, which the agent was told
  boolean dialled(AgentSide agent) {
    if (over) {
      agent.refuse(RefusalCode.ABORTED, "the user has left");
      return false;
    }
    side = agent;
    return true;
  }

  /// Whether nothing more is said or heard on it.
  boolean isOver() {
    return over;
  }

  /// Whether the agent has dialled, and it is not over.
  boolean isOpen() {
    return !over && side != null;
  }

  /// Asks for one more message. It may come before this returns.
  void more() {
    AgentSide agent = side;
    if (!over && agent != null) {
      agent.more();
    }
  }

  /// Whether the agent takes content without its being kept here.
  boolean isReady() {
    AgentSide agent = side;
    return agent != null && agent.isReady();
  }

  /// Sends something.
  ///
  /// @return false when there is nobody to send it to
  boolean send(AttachStreamResponse message) {
    AgentSide agent = side;
    if (over || agent == null) {
      return false;
    }
    agent.send(message);
    return true;
  }

  /// Tells the agent that it broke the rules. The end is said by [#end].
  void refuse(String problem) {
    AgentSide agent = side;
    if (agent != null) {
      agent.refuse(RefusalCode.FAILED_PRECONDITION, problem);
    }
  }

  /// Nobody wants it any more.
  void leave(String why) {
    over = true;
    AgentSide agent = side;
    if (agent != null) {
      agent.refuse(RefusalCode.ABORTED, why);
    }
    whenGone.run();
  }

  /// All was said.
  void end() {
    over = true;
    whenGone.run();
    AgentSide agent = side;
    if (agent != null) {
      agent.complete();
    }
  }
}
