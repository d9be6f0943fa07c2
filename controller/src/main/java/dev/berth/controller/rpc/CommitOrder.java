package dev.berth.controller.rpc;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.spec.ImageRules;
import dev.berth.v1.CommitInstanceRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceCommitRequest;
import dev.berth.v1.Kind;
import dev.berth.v1.OpenStream;
import java.util.Optional;

/// An image that is to be made of an instance, as its agent is asked for it.
///
/// @param node who is asked
/// @param asked what, without the stream's id
record CommitOrder(ImageTargets.Chosen node, OpenStream asked) {
  private static final int AUTHOR_MAX = 512;
  private static final int TEXT_MAX = 4096;
  private static final int CHANGES_MAX = 64;

  /// Checks what can be known here. The instance need not run.
  static CommitOrder of(ControllerLoop loop, CommitInstanceRequest request) {
    Fields.require("image", ImageRules.tagProblem(request.getImage()));
    checkText("author", request.getAuthor(), AUTHOR_MAX);
    checkText("comment", request.getComment(), TEXT_MAX);
    if (request.getChangesCount() > CHANGES_MAX) {
      throw StatusMapper.badField(
          "changes",
          "count: %d (expected: at most %d)".formatted(request.getChangesCount(), CHANGES_MAX));
    }
    request.getChangesList().forEach(each -> checkText("changes", each, TEXT_MAX));
    ClusterState state = Answers.snapshot(loop).state();
    InstanceRecord found =
        InstanceLookup.find(state, Namespaces.one(request.getNamespace()), request.getInstance());
    Instance instance = found.message();
    if (instance.getKind() == Kind.KIND_VM) {
      checkNone("author", request.getAuthor().isEmpty());
      checkNone("comment", request.getComment().isEmpty());
      checkNone("changes", request.getChangesList().isEmpty());
    }
    CapableInstance capable =
        CapableInstance.of(state, found, instance.getName(), "commit", missing(instance));
    Audit.say("commit", instance, request.getImage());
    InstanceCommitRequest order =
        InstanceCommitRequest.newBuilder()
            .setInstanceId(capable.id())
            .setImage(request.getImage())
            .setAuthor(request.getAuthor())
            .setComment(request.getComment())
            .addAllChanges(request.getChangesList())
            .setWithoutPause(request.getWithoutPause())
            .build();
    return new CommitOrder(
        new ImageTargets.Chosen(instance.getNode(), Optional.of(capable.agent()), Optional.empty()),
        OpenStream.newBuilder().setInstanceCommit(order).build());
  }

  private static String missing(Instance instance) {
    return switch (instance.getKind()) {
      case KIND_PROCESS ->
          "runs it as a process, of which no image can be made: it writes to the node's own files;"
              + " copy what it wrote (berth cp)";
      case KIND_VM ->
          "has a hypervisor whose machines' disks cannot be copied; commit machines of QEMU";
      case KIND_UNSPECIFIED, KIND_CONTAINER, UNRECOGNIZED ->
          "has a driver that makes no images of what it runs; update its agent";
    };
  }

  private static void checkText(String field, String text, int most) {
    if (text.length() > most || text.indexOf('\0') >= 0) {
      throw StatusMapper.badField(
          field,
          "length: %d (expected: at most %d characters, none of them 0)"
              .formatted(text.length(), most));
    }
  }

  private static void checkNone(String field, boolean none) {
    if (!none) {
      throw StatusMapper.badField(
          field, "given (expected: not for a virtual machine, whose image is a disk alone)");
    }
  }
}
