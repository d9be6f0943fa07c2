package dev.berth.cli.up;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What a supervised child is and how to see that it can be used.
///
/// @param name what it is to the cluster; unique
/// @param command program and arguments
/// @param environment added to the supervisor's own
/// @param log where its output goes
/// @param readiness says when it can be used
/// @param startLimit how long that may take
record ChildSpec(
    String name,
    List<String> command,
    Map<String, String> environment,
    LogFile log,
    Readiness readiness,
    Duration startLimit) {}
