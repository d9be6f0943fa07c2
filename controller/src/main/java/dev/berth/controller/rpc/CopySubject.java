package dev.berth.controller.rpc;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.v1.Instance;
import dev.berth.v1.PathStreamRequest;
import java.nio.charset.StandardCharsets;

/// A path in an instance that its agent can be asked for.
///
/// @param instance whose path it is
/// @param agent who is asked
/// @param asked what
record CopySubject(Instance instance, StreamBroker.Target agent, PathStreamRequest asked) {
  private static final int PATH_MAX = 4096;

  /// Checks what can be known here. The instance need not run.
  ///
  /// @param instance as the user wrote it
  static CopySubject find(ControllerLoop loop, String namespace, String instance, String path) {
    int length = path.getBytes(StandardCharsets.UTF_8).length;
    if (length < 1 || length > PATH_MAX || path.indexOf('\0') >= 0) {
      throw StatusMapper.badField(
          "path",
          "length: %d (expected: 1 to %d bytes, none of them 0)".formatted(length, PATH_MAX));
    }
    ClusterState state = Answers.snapshot(loop).state();
    InstanceRecord found = InstanceLookup.find(state, Namespaces.one(namespace), instance);
    CapableInstance capable =
        CapableInstance.of(
            state,
            found,
            "the files of " + found.message().getName(),
            "copy",
            "has a driver that cannot copy: in a virtual machine nobody is there to do it, and a"
                + " node without tar has no way; use scp, or a volume");
    return new CopySubject(
        found.message(),
        capable.agent(),
        PathStreamRequest.newBuilder().setInstanceId(capable.id()).setPath(path).build());
  }

  /// Says in the log that someone copies.
  ///
  /// @param what "copy from"
  CopySubject audited(String what) {
    Audit.say(what, instance, asked.getPath());
    return this;
  }
}
