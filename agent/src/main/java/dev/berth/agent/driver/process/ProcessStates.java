package dev.berth.agent.driver.process;

import dev.berth.agent.driver.RunState;
import dev.berth.v1.ProcessSpec;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/// Tells what an instance does, from what its carrier wrote down and from what is there.
///
/// @param host its processes
/// @param ground its cgroups
record ProcessStates(HostProcesses host, CgroupGround ground) {
  private static final int KILLED = 137;

  RunState of(InstanceFiles files) throws IOException {
    Optional<RunNote> run = files.run();
    if (!files.exists()) {
      return new RunState.Gone();
    } else if (run.isEmpty()) {
      return new RunState.Created();
    }
    Instant startTime = files.startTime();
    Optional<InstanceFiles.End> end = files.finished();
    if (end.isEmpty() && host.runs(run.get())) {
      return new RunState.Running(startTime, ground.freezes() && ground.of(files.id()).isFrozen());
    }
    // Its carrier may have ended since the question before.
    end = files.left();
    if (end.isEmpty() || end.get().code().isEmpty()) {
      return new RunState.Exited(
          KILLED, false, startTime, startTime, lostEnd(run.get().bootId().equals(host.bootId())));
    }
    int code = end.get().code().getAsInt();
    ProcessSpec spec = files.instance().getSpec().getProcess();
    Instant finishTime = end.get().time().isBefore(startTime) ? startTime : end.get().time();
    return new RunState.Exited(
        code,
        code != 0 && ground.holdsTrees() && ground.of(files.id()).ranOutOfMemory(),
        startTime,
        finishTime,
        ProgramFile.problem(spec, files, code));
  }

  private static String lostEnd(boolean sameBoot) {
    return sameBoot
        ? "nobody saw how it ended: its carrier was killed, too"
        : "it ended when the node was shut down or restarted";
  }
}
