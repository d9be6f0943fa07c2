package dev.berth.simulation.agent;

import dev.berth.client.ControllerAddress;
import dev.berth.simulation.fault.Bugs;
import dev.berth.simulation.kernel.Kernel;
import dev.berth.simulation.net.Network;
import dev.berth.simulation.net.SessionConnection;
import java.util.List;
import java.util.function.Function;

/// What agents work with.
///
/// @param kernel the time
/// @param network between hosts
/// @param controllers where controllers listen
/// @param servers finds a controller by its host
/// @param bugs what is planted
/// @param observer sees what they do
public record AgentWiring(
    Kernel kernel,
    Network network,
    List<ControllerAddress> controllers,
    Function<String, SessionConnection.Server> servers,
    Bugs bugs,
    AgentObserver observer) {}
