package dev.berth.agent.session;

import dev.berth.client.ControllerAddress;
import io.grpc.Channel;

/// Makes connections to controllers.
public interface Dialler {
  /// A connection to one controller. Connects when it is used.
  Connection dial(ControllerAddress address);

  /// A connection, with the agent's certificate.
  interface Connection extends AutoCloseable {
    /// What stubs are made of.
    Channel channel();

    /// Ends all calls and the connection, without waiting.
    @Override
    void close();
  }
}
